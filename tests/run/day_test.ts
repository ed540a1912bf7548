import assert from "node:assert/strict";
import fc from "fast-check";
import { dirname, join } from "node:path";
import { DayReader, readLayout, type SignalCounts } from "../../lib/telemetry/mod.ts";
import { buildDay } from "../../lib/run/day.ts";
import { type DayResult, identityOf, type Source, withFile } from "../../lib/store/mod.ts";
import { CHOICES, type TableOptions } from "../../lib/hours/mod.ts";
import { DEFAULTS, oracle, type OracleOptions, parse, type Row } from "../helpers/oracle.ts";
import { assertTables, dayFile, inFolder, JULY_13, put } from "../helpers/support.ts";

const anyTags: fc.Arbitrary<Row["tags"]> = fc.constantFrom<Row["tags"]>(
  [["phase", "1"], ["module", "1"], ["message_source", "a"]],
  [["message_source", "b"], ["phase", "1"], ["module", "1"]],
  [["phase", "1"], ["module", "2"]],
  [["phase", "1"], ["module", "2"], ["cell", "10"]],
  [["phase", "2"], ["module", "1"], ["cell", "2"]],
  [["phase", "1"], ["message_source", "a"]],
  [["message_source", "a"]],
  [["module", "3"]],
);

/** Three hours around midnight, mostly close together, so that times often coincide. */
const anyTime = fc.oneof(
  fc.integer({ min: -30, max: 30 }),
  fc.integer({ min: -5400, max: 5400 }),
  fc.constantFrom(-301, -300, -295, -5, 0, 295, 300),
).map((seconds) => JULY_13 + seconds);

const anyRow: fc.Arbitrary<Row> = fc.record({
  time: anyTime,
  payload: fc.constantFrom("volts", "amps", "state", "mixed"),
  value: fc.constant(""),
  tags: anyTags,
}).chain((row) =>
  fc.constantFrom(
    ...{
      volts: ["1.5", "2.25", "53.849998474121094", "0.1", "0.2", "-0.0"],
      amps: ["1", "1.0", "2", "nan", "7"],
      state: ["IDLE", "CHARGE", "10", "9"],
      mixed: ["1", "2", "x", "y", ""],
    }[row.payload]!,
  ).map((value) => ({ ...row, value }))
);

const anyOptions: fc.Arbitrary<OracleOptions> = fc.record({
  interval: fc.constantFrom(5, 5, 60, 3600),
  maxGap: fc.constantFrom(300, 0, 7, 4000),
  fill: fc.constantFrom(...CHOICES.fill),
  aggregate: fc.constantFrom(...CHOICES.aggregate),
});

/** Builds two days twice, so that each knows the signals of the other, as in a run. */
async function build(
  sources: Source[],
  folder: string,
  options: TableOptions,
): Promise<DayResult[]> {
  const reader = new DayReader();
  const days = [JULY_13 - 86_400, JULY_13];
  let results: DayResult[] = [];
  for (let round = 0; round < 2; round++) {
    const before = results;
    results = [];
    for (const day of days) {
      const others = before.filter((result) => result.day !== day);
      const signalCounts: SignalCounts[] = others.flatMap((result) => result.signalCounts);
      const { result, writeFiles } = buildDay(reader, { day, sources, options, signalCounts });
      await writeFiles((name, bytes) => put(join(folder, name), bytes));
      results.push(result);
    }
    if (round === 0) Deno.removeSync(folder, { recursive: true });
    Deno.mkdirSync(folder, { recursive: true });
  }
  return results;
}

function sourceOf(path: string, rows: Row[]): Source {
  put(path, dayFile(rows));
  const identity = identityOf(Deno.statSync(path));
  const layout = withFile(path, (read) => readLayout(read, identity.size));
  return { name: path.split("/").at(-1)!, path, ...identity, layout };
}

Deno.test("buildDay() writes the same values as an independent computation", async () => {
  await inFolder(async (folder) => {
    const files = fc.array(fc.array(anyRow, { minLength: 1, maxLength: 60 }), {
      minLength: 1,
      maxLength: 4,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(files, anyOptions, async (files, options) => {
        const out = join(folder, `${++run}`, "out");
        Deno.mkdirSync(out, { recursive: true });
        const sources = files.map((rows, i) => sourceOf(join(dirname(out), `${i}.parquet`), rows));
        const writer = { compression: "snappy", writer: "fast" } as const;
        const results = await build(sources, out, { ...options, ...writer });
        const rows = files.flat();
        const expected = oracle(rows, options);
        await assertTables(out, expected.files);
        const total = (count: (result: DayResult) => number) =>
          results.reduce((sum, result) => sum + count(result), 0);
        assert.equal(total(({ rows }) => rows), rows.length);
        assert.equal(total(({ readings }) => readings), expected.readings);
      }),
      { numRuns: 150 },
    );
  });
});

Deno.test("buildDay() keeps rejected readings with their file and reason", () =>
  inFolder((folder) => {
    const place: Row["tags"] = [["phase", "1"], ["module", "1"]];
    const row = (seconds: number, value: string, tags = place): Row => ({
      time: JULY_13 + seconds,
      payload: "volts",
      value,
      tags,
    });
    const sources = [
      sourceOf(join(folder, "b.parquet"), [row(0, "1"), row(1, "nan"), row(2, "inf")]),
      sourceOf(join(folder, "a.parquet"), [
        row(1, "nan"),
        row(3, "2"),
        row(5, "1", [["module", "1"]]),
      ]),
    ];
    assert.ok(Number.isNaN(parse("inf")));
    const options = { ...DEFAULTS, compression: "snappy", writer: "fast" } as const;
    const { result, rejected } = buildDay(new DayReader(), {
      day: JULY_13,
      sources,
      options,
      signalCounts: [],
    });
    const kept = { payload_type: "volts", tags: JSON.stringify(place) };
    const reason = "a value that is not a finite number";
    const by = (a: { timestamp: string | null }, b: { timestamp: string | null }) =>
      a.timestamp! < b.timestamp! ? -1 : 1;
    assert.deepEqual(result.rejected, { [reason]: 2, "a module without a phase": 1 });
    assert.deepEqual([...rejected()].sort(by), [
      { file: "a.parquet", reason, timestamp: "2024-07-13T00:00:01Z", value: "nan", ...kept },
      { file: "b.parquet", reason, timestamp: "2024-07-13T00:00:02Z", value: "inf", ...kept },
      {
        file: "a.parquet",
        reason: "a module without a phase",
        timestamp: "2024-07-13T00:00:05Z",
        payload_type: "volts",
        value: "1",
        tags: JSON.stringify([["module", "1"]]),
      },
    ]);
    assert.deepEqual([result.rows, result.readings], [6, 2]);
    assert.deepEqual(result.files, ["1_1/2024/07/13/00.parquet"]);
  }));

Deno.test("buildDay() reads all other files if one changes, breaks or disappears", () =>
  inFolder((folder) => {
    const row: Row = {
      time: JULY_13,
      payload: "x",
      value: "1",
      tags: [["phase", "1"], ["module", "1"]],
    };
    const names = ["good", "changed", "gone", "broken"];
    const sources = names.map((name) => sourceOf(join(folder, `${name}.parquet`), [row, row]));
    put(sources[1]!.path, dayFile([row, row, row]));
    Deno.removeSync(sources[2]!.path);
    const bytes = Deno.readFileSync(sources[3]!.path);
    bytes[sources[3]!.layout.groups[0]!.chunks[2]!.offset + 3]! ^= 255;
    Deno.writeFileSync(sources[3]!.path, bytes);
    Object.assign(sources[3]!, identityOf(Deno.statSync(sources[3]!.path)));
    const options = { ...DEFAULTS, compression: "snappy", writer: "fast" } as const;
    const { result, failures } = buildDay(new DayReader(), {
      day: JULY_13,
      sources,
      options,
      signalCounts: [],
    });
    assert.deepEqual([result.rows, result.readings, result.files.length], [2, 1, 1]);
    assert.deepEqual(
      failures.map(({ name }) => name),
      names.slice(1).map((name) => `${name}.parquet`),
    );
    assert.ok(failures.every(({ needsImport }) => !needsImport));
    assert.deepEqual(failures.map(({ retryable }) => retryable), [true, true, false]);
    const reasons = failures.map(({ reason }) => reason);
    assert.match(reasons[0]!, /changed during the run/);
    assert.match(reasons[1]!, /is gone/);
  }));

Deno.test("buildDay() forgets the signals of a file that breaks after its first row group", () =>
  inFolder(async (folder) => {
    const place: Row["tags"] = [["phase", "1"], ["module", "1"]];
    const row = (seconds: number, payload: string, value: string, tags: Row["tags"]): Row => ({
      time: JULY_13 + seconds,
      payload,
      value,
      tags,
    });
    const good = sourceOf(join(folder, "good.parquet"), [
      row(0, "module_voltage", "52", place),
      row(9000, "system_state", "fault", [["message_source", "a"]]),
      row(20_000, "module_voltage", "53", place),
      row(20_000, "module_current", "1", [["module", "1"]]),
      row(20_000, "module_voltage", "52", [["module", "1"]]),
    ]);
    const broken = sourceOf(join(folder, "broken.parquet"), [
      row(0, "system_state", "run", place),
      row(0, "system_state", "run", [["phase", "1"]]),
      row(0, "module_voltage", "52", [["module", "1"]]),
    ]);
    const [group] = broken.layout.groups;
    const chunks = group!.chunks.map((chunk) => ({ ...chunk, values: chunk.values + 1 }));
    broken.layout.groups.push({ ...group!, chunks });
    const build = async (...sources: Source[]) => {
      const options = { ...DEFAULTS, compression: "snappy", writer: "fast" } as const;
      const job = { day: JULY_13, sources, options, signalCounts: [] };
      const { result, failures, rejected, writeFiles } = buildDay(new DayReader(), job);
      await writeFiles(() => {});
      return { result, rejected: [...rejected()], failures: failures.length };
    };
    const found = await build(broken, good);
    assert.deepEqual(found, { ...await build(good), failures: 1 });
  }));

Deno.test("buildDay() does not count readings of the phase as a module's own", () =>
  inFolder(async (folder) => {
    const row = (seconds: number, payload: string, value: string, ...tags: Row["tags"]): Row => ({
      time: JULY_13 + seconds,
      payload,
      value,
      tags,
    });
    const own: Row["tags"] = [["phase", "1"], ["module", "1"]];
    const source = sourceOf(join(folder, "day.parquet"), [
      row(0, "module_voltage", "52", ...own),
      row(0, "pressure", "broken", ...own), // rejected, so that only the phase has this column
      row(0, "humidity", "40", ...own),
      row(5000, "humidity", "41", ["phase", "1"]),
      row(9000, "pressure", "1", ["phase", "1"]),
      row(9010, "pressure", "2", ["phase", "1"]),
      row(20_000, "module_voltage", "53", ...own),
    ]);
    const options = { ...DEFAULTS, compression: "snappy", writer: "fast" } as const;
    const job = { day: JULY_13, sources: [source], options, signalCounts: [] };
    const { result, writeFiles } = buildDay(new DayReader(), job);
    await writeFiles(() => {});
    const { modules: [module] } = JSON.parse(result.figures!);
    assert.deepEqual(module.silent, [[JULY_13 + 5, JULY_13 + 20_000]]);
    assert.deepEqual(result.coverage[0]!.observed.slice(0, 6), [1, 0, 0, 0, 0, 1]);
  }));

Deno.test("buildDay() does not count rejected readings among those of no module", () =>
  inFolder((folder) => {
    const row = (seconds: number, value: string, ...tags: Row["tags"]): Row => ({
      time: JULY_13 + seconds,
      payload: "volts",
      value,
      tags,
    });
    const source = sourceOf(join(folder, "day.parquet"), [
      row(0, "1", ["phase", "1"], ["module", "1"]),
      row(0, "2", ["phase", "1"]),
      row(3600, "3", ["phase", "1"]),
      row(3601, "nan", ["phase", "1"]),
      row(3602, "4", ["phase", ""]),
      row(3603, "5", ["module", "1"]),
    ]);
    const options = { ...DEFAULTS, compression: "snappy", writer: "fast" } as const;
    const job = { day: JULY_13, sources: [source], options, signalCounts: [] };
    const { ofNoModule, rejected } = buildDay(new DayReader(), job).result;
    assert.deepEqual(ofNoModule, { volts: 1 });
    assert.deepEqual(rejected, {
      "a value that is not a finite number": 1,
      "a module without a phase": 1,
      "an empty phase tag": 1,
    });
  }));
