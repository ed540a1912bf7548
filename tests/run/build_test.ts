import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArguments } from "../../lib/cli/mod.ts";
import { run } from "../../lib/run/run.ts";
import { dayFile, exists, inFolder, JULY_13, put } from "../helpers/support.ts";

const file = (...volts: number[]) =>
  dayFile(volts.map((value, i) => ({
    time: JULY_13 + i * 600,
    payload: "volts",
    value: `${value}`,
    tags: [["phase", "1"], ["module", "1"]],
  })));

Deno.test("build() leaves a day to a later run if a file of it changes before it is read", () =>
  inFolder(async (folder) => {
    const [input, output] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.parquet"), file(1));
    put(join(input, "b.parquet"), file(2));
    const request = parseArguments(["--input", input, "--output", output]);
    assert.ok("options" in request);
    const rounds: number[] = [];
    const first = await run(request.options, (event) => {
      if (event.kind !== "plan") return;
      rounds.push(event.round);
      assert.ok(rounds.length < 3, "the day is built again and again");
      put(join(input, "b.parquet"), file(2, 3));
    });
    assert.deepEqual([rounds, first.retryLater], [[0], true]);
    const { built, problems } = first.summary;
    assert.deepEqual([built.length, problems.map(({ name }) => name)], [1, ["b.parquet"]]);
    assert.match(problems[0]!.reason, /changed during the run/);
    assert.ok(exists(join(output, "1_1/2024/07/13/00.parquet")), "with what could be read");
    const later = await run(request.options, () => {});
    assert.deepEqual([later.retryLater, later.summary.problems], [false, []]);
    assert.deepEqual(later.summary.built.map(({ day }) => day), ["2024-07-13"]);
    assert.deepEqual((await run(request.options, () => {})).summary.built, []);
  }));
