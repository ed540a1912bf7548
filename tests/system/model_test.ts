import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { parseArguments } from "../../lib/cli/mod.ts";
import { run } from "../../lib/run/mod.ts";
import type { Row } from "../helpers/oracle.ts";
import { assertSameTree, csv, dayFile, inFolder, JULY_13, put, tree } from "../helpers/support.ts";
import { hidden, rowsOf } from "./support.ts";

const BASE = rowsOf(3);

/** A change of the input; rows are chosen by number. */
type Change =
  | { kind: "add"; rows: number[]; csv: boolean }
  | { kind: "remove"; file: number }
  | { kind: "split"; file: number; at: number }
  | { kind: "rename"; file: number }
  | { kind: "late"; day: number; payload: string; value: string };

const someRows = fc.uniqueArray(fc.nat({ max: BASE.length - 1 }), { minLength: 1, maxLength: 80 });
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant("add"), rows: someRows, csv: fc.boolean() }),
  fc.record({ kind: fc.constant("remove"), file: fc.nat() }),
  fc.record({
    kind: fc.constant("split"),
    file: fc.nat(),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant("rename"), file: fc.nat() }),
  fc.record({
    kind: fc.constant("late"),
    day: fc.nat({ max: 4 }),
    payload: fc.constantFrom("volts", "new", "state"),
    value: fc.constantFrom("1", "nan", "x"),
  }),
) as fc.Arbitrary<Change>;

/** The input in the model: rows by file name. */
class Model {
  files = new Map<string, Row[]>();
  #count = 0;
  constructor(readonly folder: string) {}

  add(rows: Row[], asCsv: boolean): void {
    const name = `${this.#count++}.${asCsv ? "csv" : "parquet"}`;
    this.files.set(name, rows);
    put(join(this.folder, name), asCsv ? csv(rows) : dayFile(rows));
  }

  take(index: number): Row[] | null {
    const names = [...this.files.keys()];
    if (names.length < 2) return null; // an input without files is a usage error
    const name = names[index % names.length]!;
    const rows = this.files.get(name)!;
    this.files.delete(name);
    Deno.removeSync(join(this.folder, name));
    return rows;
  }

  apply(change: Change): void {
    if (change.kind === "add") return this.add(change.rows.map((i) => BASE[i]!), change.csv);
    if (change.kind === "late") {
      const { day, payload, value } = change;
      const tags: Row["tags"] = [["phase", "1"], ["module", `${day % 3 + 1}`]];
      return this.add([{ time: JULY_13 + day * 86_400 - 100, payload, value, tags }], true);
    }
    const rows = this.take(change.file);
    if (rows === null || change.kind === "remove") return;
    const at = change.kind === "split" ? Math.floor(change.at * rows.length) : rows.length;
    for (const part of [rows.slice(0, at), rows.slice(at)]) {
      if (part.length > 0) this.add(part, false);
    }
  }
}

/** Builds, and returns the problems: only files whose only row is rejected. */
async function build(input: string, output: string): Promise<[string, string][]> {
  const request = parseArguments(["--input", input, "--output", output, "--jobs", "1"]);
  assert.ok("options" in request);
  const { summary: { problems } } = await run(request.options, () => {});
  for (const { reason } of problems) {
    assert.equal(reason, "has no reading: a value that is not a finite number");
  }
  return problems.map(({ name, reason }) => [name, reason]);
}

Deno.test("any series of incremental runs gives the same tree as one run over the same input", () =>
  inFolder(async (folder) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyChange, { minLength: 2, maxLength: 6 }), async (changes) => {
        const place = join(folder, `${round++}`);
        const [input, out] = [join(place, "in"), join(place, "out")];
        const model = new Model(input);
        model.add(BASE.filter((_, i) => i % 3 === 0), false);
        await build(input, out);
        assert.ok(tree(out).size > 0);
        for (const [i, change] of changes.entries()) {
          model.apply(change);
          const problems = await build(input, out);
          // The last step is always compared, and some of those before it.
          if (i < changes.length - 1 && i % 2 === 0) continue;
          const fresh = join(place, `fresh ${i}`);
          assert.deepEqual(await build(input, fresh), problems);
          // The hour files may have needed nothing but the removed rows.
          if (tree(fresh).size === 0) assert.equal(tree(out).size, 0);
          else assertSameTree(out, fresh);
          assert.deepEqual(hidden(out), []);
        }
        const untouched = new Map(
          [...tree(out).keys()].map((name) => [name, Deno.statSync(join(out, name)).mtime]),
        );
        await build(input, out);
        for (const [name, mtime] of untouched) {
          assert.deepEqual(Deno.statSync(join(out, name)).mtime, mtime);
        }
      }),
      { numRuns: 25 },
    );
  }));
