import assert from "node:assert/strict";
import { join } from "node:path";
import pl from "nodejs-polars";
import type { RejectedExample } from "../../lib/run/summary.ts";
import type { Row } from "../helpers/oracle.ts";
import {
  assertSameTree,
  cli,
  csv,
  dayFile,
  etl,
  inFolder,
  JULY_13,
  put,
} from "../helpers/support.ts";

const PLACE: Row["tags"] = [["phase", "1"], ["module", "1"]];
const GOOD: Row[] = Array.from({ length: 100 }, (_, i) => ({
  time: JULY_13 + i * 30,
  payload: "volts",
  value: String(50 + i),
  tags: PLACE,
}));

/** Runs with and without a bad file: everything else must be the same. */
async function beside(
  folder: string,
  bad: (input: string) => void,
  // deno-lint-ignore no-explicit-any -- a JSON document
): Promise<any> {
  const input = join(folder, "in");
  put(join(folder, "good", "good.parquet"), dayFile(GOOD));
  put(join(input, "good.parquet"), dayFile(GOOD));
  bad(input);
  const summary = await etl(folder);
  await cli("--input", join(folder, "good"), "--output", join(folder, "fresh"), "--quiet");
  assertSameTree(join(folder, "out"), join(folder, "fresh"));
  const rejected = (Object.values(summary.rejected) as number[]).reduce((a, b) => a + b, 0);
  assert.equal(summary.rows, summary.readings + summary.duplicates + rejected);
  assert.equal(summary.readings, GOOD.length);
  return summary;
}

const HEAD = "timestamp,payload_type,value,tags\n";
const tags = JSON.stringify(PLACE).replaceAll('"', '""');
const OUT_OF_RANGE = "a timestamp before 2000 or after 2100";
const NOT_FINITE = "a value that is not a finite number";

const unusable: [what: string, bad: (input: string) => void, name: string, reason: RegExp][] = [
  ["an empty file", (input) => put(join(input, "x.parquet"), ""), "x.parquet", /^is empty$/],
  ["an empty CSV file", (input) => put(join(input, "x.csv"), ""), "x.csv", /^is empty$/],
  [
    "text called parquet",
    (input) => put(join(input, "x.parquet"), "a,b\n".repeat(99)),
    "x.parquet",
    /not a parquet file/,
  ],
  [
    "a file that is cut short",
    (input) => put(join(input, "x.parquet"), dayFile(GOOD).slice(0, 900)),
    "x.parquet",
    /cut short/,
  ],
  [
    "a broken gzip file",
    (input) => put(join(input, "x.csv.gz"), "no gzip"),
    "x.csv.gz",
    /^is broken gzip: incorrect header check$/,
  ],
  [
    "a link to nowhere",
    (input) => Deno.symlinkSync("nowhere", join(input, "x.csv")),
    "x.csv",
    /a link to nowhere/,
  ],
  [
    "a CSV file without a column",
    (input) => put(join(input, "x.csv"), "timestamp,value\n1,2\n"),
    "x.csv",
    /has no column 'payload_type', 'tags'/,
  ],
  [
    "a column of another type",
    (input) =>
      pl.DataFrame({ timestamp: [true], payload_type: ["x"], value: ["1"], tags: ["[]"] })
        .writeParquet(join(input, "x.parquet")),
    "x.parquet",
    /a column 'timestamp' of type BOOLEAN, not an epoch, a datetime or text/,
  ],
];

for (const [what, bad, name, reason] of unusable) {
  Deno.test(`${what} is named, and everything else is written`, () =>
    inFolder(async (folder) => {
      const { code, problems, files, stderr } = await beside(folder, bad);
      assert.deepEqual([code, files], [1, 2]);
      assert.equal(problems.length, 1);
      assert.equal(problems[0].name, name);
      assert.match(problems[0].reason, reason);
      assert.ok(stderr.includes(`problem: ${name} `));
      const again = await etl(folder);
      assert.deepEqual([again.code, again.built, again.problems], [1, [], problems], "still named");
    }));
}

/** Rows that are not readings, as they stand in a CSV file and as they are kept. */
const REJECTED: [row: string, kept: Record<string, string | number | null>][] = [
  [`,volts,1,"${tags}"`, { reason: "a row without a timestamp", timestamp: null, line: 3 }],
  [`12,volts,1,"${tags}"`, { reason: OUT_OF_RANGE, timestamp: "12", line: 4 }],
  [`2150-01-01,volts,1,"${tags}"`, { reason: OUT_OF_RANGE, timestamp: "2150-01-01", line: 5 }],
  [
    `noon,volts,1,"${tags}"`,
    { reason: "a timestamp that can't be read", timestamp: "noon", line: 6 },
  ],
  [`${JULY_13},volts,1,`, { reason: "a row without tags", tags: null, line: 7 }],
  [
    `${JULY_13},volts,1,"[[""phase""]]"`,
    { reason: "tags that are malformed", tags: '[["phase"]]', line: 8 },
  ],
  [`${JULY_13},volts,,"${tags}"`, { reason: "a row without a value", value: null, line: 9 }],
  // What follows is rejected when the day is built, and has its timestamps and tags.
  ...["", "nan", "-inf", "OFF"].map((value, i): typeof REJECTED[number] => [
    `${JULY_13 + i},volts,"${value}","${tags}"`,
    { reason: NOT_FINITE, timestamp: `2024-07-13T00:00:0${i}Z`, value },
  ]),
  [`${JULY_13},volts,1,"[[""module"",""1""]]"`, {
    reason: "a module without a phase",
    timestamp: "2024-07-13T00:00:00Z",
    tags: '[["module","1"]]',
  }],
];

Deno.test("rows of a CSV file that are not readings are rejected, and kept with their reasons", () =>
  inFolder(async (folder) => {
    const { code, rejected, problems, examples } = await beside(folder, (input) => {
      const rows = REJECTED.map(([row]) => `${row}\n`).join("");
      put(join(input, "bad.csv"), csv(GOOD.slice(0, 1)) + rows);
    });
    const reasons = Map.groupBy(REJECTED, ([, { reason }]) => String(reason));
    const counts = Object.fromEntries(reasons.entries().map(([why, { length }]) => [why, length]));
    assert.deepEqual([code, problems, rejected], [0, [], counts]);
    const shown = examples.map((row: RejectedExample) => row.reason);
    assert.deepEqual(
      shown.toSorted(),
      [...reasons.keys()].toSorted(),
      "each reason has an example",
    );
    const { reason: _, ...example } = examples.find(({ line }: RejectedExample) => line === 6);
    const row = `noon | volts | 1 | ${JSON.stringify(PLACE)}`;
    assert.deepEqual(example, { file: "bad.csv", line: 6, row });
    const path = join(folder, "out/_etl/rejected");
    const [ofDay, ofFile, ...others] = [...Deno.readDirSync(path)].map(({ name }) => name)
      .sort((a, b) => a.length - b.length);
    assert.deepEqual([ofDay, others], ["2024-07-13.jsonl", []]);
    const kept = [ofFile!, ofDay!].flatMap((name) =>
      Deno.readTextFileSync(join(path, name)).trim().split("\n").map((line) => JSON.parse(line))
    );
    const usual = { timestamp: `${JULY_13}`, payload_type: "volts", value: "1" };
    assert.deepEqual(
      kept,
      REJECTED.map(([, more]) => ({
        ...{ file: "bad.csv", ...usual, tags: JSON.stringify(PLACE) },
        ...more,
      })),
    );
  }));

Deno.test("rows with nulls in parquet are rejected", () =>
  inFolder(async (folder) => {
    const { rejected, rows } = await beside(folder, (input) =>
      pl.DataFrame({
        timestamp: [null, JULY_13, JULY_13, JULY_13],
        payload_type: ["volts", null, "volts", "volts"],
        value: [1.5, 1.5, null, 1.5],
        tags: [JSON.stringify(PLACE), JSON.stringify(PLACE), JSON.stringify(PLACE), null],
      }).writeParquet(join(input, "bad.parquet")));
    assert.deepEqual([rows, Object.values(rejected)], [104, [1, 1, 1, 1]]);
  }));

Deno.test("a strict run ends at the first unusable file or rejected row", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "good.parquet"), dayFile(GOOD));
    assert.equal((await etl(folder, "--strict")).code, 0);
    put(join(folder, "in", "bad.csv"), csv([{ ...GOOD[0]!, value: "nan" }]));
    const refused = await etl(folder, "--strict");
    const why = "2024-07-13 has rejected rows: a value that is not a finite number (1), " +
      "which are kept in _etl/rejected/";
    assert.deepEqual([refused.code, refused.ended], [1, why]);
    const again = await etl(folder, "--strict");
    assert.deepEqual([again.code, again.ended], [1, why], "in every run");
    const paths = ["--input", join(folder, "in"), "--output", join(folder, "out")];
    const quiet = await cli(...paths, "--strict", "--quiet");
    assert.equal(quiet.stderr, `Stopped by --strict: ${why}\n`);
    put(join(folder, "in", "bad.csv"), csv([{ ...GOOD[0]!, time: 5 }, GOOD[0]!]));
    assert.match(
      (await etl(folder, "--strict")).ended,
      /bad.csv has rejected rows: a timestamp before 2000/,
    );
    put(join(folder, "in", "bad.csv"), "");
    const unusable = await etl(folder, "--strict");
    assert.deepEqual([unusable.code, unusable.ended], [1, "bad.csv is empty"]);
  }));

Deno.test("a day that a strict run did not reach is not up to date", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "good.parquet"), dayFile(GOOD));
    put(join(folder, "in", "bad.csv"), "");
    const { span, current, unbuilt } = await etl(folder, "--strict");
    assert.deepEqual([span, current, unbuilt], [null, 0, 1]);
    const built = await etl(folder);
    assert.deepEqual([built.built.length, built.current, built.unbuilt], [1, 0, 0]);
    put(join(folder, "in", "more.csv"), csv([{ ...GOOD[0]!, time: JULY_13 + 86_400 }]));
    const later = await etl(folder, "--strict", "--jobs", "1");
    assert.deepEqual([later.current, later.unbuilt], [1, 1]);
    put(join(folder, "in", "more.csv"), csv([{ ...GOOD[0]!, time: JULY_13 + 30 }]));
    const changed = await etl(folder, "--strict", "--jobs", "1");
    assert.deepEqual([changed.current, changed.unbuilt], [0, 1]);
  }));

Deno.test("a file without rows is not a problem", () =>
  inFolder(async (folder) => {
    const { code, files } = await beside(folder, (input) => put(join(input, "none.csv"), HEAD));
    assert.deepEqual([code, files], [0, 2]);
  }));

Deno.test("a file is named if none of its rows is a reading, even if only a build shows that", () =>
  inFolder(async (folder) => {
    const at = (time: number, rest: Partial<Row>): Row => ({ ...GOOD[0]!, time, ...rest });
    const putRows = (name: string, rows: Row[]) => put(join(folder, "in", name), dayFile(rows));
    putRows("good.parquet", GOOD);
    putRows("module.parquet", [at(JULY_13, { tags: [["module", "1"]] })]);
    // On two days, and with only values that are not numbers.
    const words = [at(JULY_13, { value: "unavailable" }), at(JULY_13 + 86_400, { value: "off" })];
    putRows("words.parquet", words);
    putRows("half.parquet", [...words, at(JULY_13 + 86_400, { value: "51" })]);
    const expected = [
      { name: "module.parquet", reason: "has no reading: a module without a phase" },
      { name: "words.parquet", reason: "has no reading: a value that is not a finite number" },
    ];
    for (const run of ["first", "second"]) {
      const { code, problems } = await etl(folder);
      assert.deepEqual([code, problems], [1, expected], run);
    }
    putRows("words.parquet", [...words, at(JULY_13 + 86_405, { value: "52" })]);
    Deno.removeSync(join(folder, "in", "module.parquet"));
    const { code, problems } = await etl(folder);
    assert.deepEqual([code, problems], [0, []]);
  }));
