import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import type { Row } from "../helpers/oracle.ts";
import { hotOutcome, importOutcome, type Outcome } from "../helpers/reading.ts";
import { csv, dayFile, inFolder, JULY_13, put } from "../helpers/support.ts";

const ROWS: Row[] = Array.from({ length: 12 }, (_, i) => ({
  time: JULY_13 + 43_195 + i,
  payload: i % 2 === 0 ? "volts" : "cell_voltage",
  value: String(3.25 + i),
  tags: [
    ["phase", "1"],
    ["module", String(1 + i % 3)],
    ...(i % 4 === 1 ? [["cell", "7"] as [string, string]] : []),
  ],
}));
const WANTED = hotOutcome(dayFile(ROWS)).readings;

/** Fails unless a file holds the readings of `ROWS`, and all of its rows are some. */
async function assertRows(path: string, what: string): Promise<void> {
  const { readings, rejected, rows } = await importOutcome(path);
  assert.deepEqual([readings, rejected, rows], [WANTED, [], ROWS.length], what);
}

Deno.test("importFile() reads CSV with any separator and JSON lines, compressed or not", () =>
  inFolder(async (folder) => {
    const lines = (of: (row: Row) => unknown) =>
      ROWS.map((row) => `${JSON.stringify(of(row))}\n`).join("");
    const json = lines(({ time, payload, value, tags }) => ({
      tags: Object.fromEntries(tags),
      more: { timestamp: [1, "}"], '"value': 1 },
      timestamp: time,
      payload_type: payload,
      value: Number(value),
    }));
    const separated = (separator: string) =>
      csv(ROWS).replaceAll(/("(?:[^"]|"")*")|,/g, (_, quoted) => quoted ?? separator);
    const parts = [csv(ROWS).slice(0, 200), "", csv(ROWS).slice(200)];
    const files: Record<string, string | Uint8Array> = {
      "a.csv": csv(ROWS),
      "crlf.csv": "\ufeff" + csv(ROWS).replaceAll("\n", "\r\n").trimEnd(),
      "quoted.csv": csv(ROWS).replace("value", '"value","a, ""b"""').replaceAll(/,(?="\[)/g, ",x,"),
      "semicolons.csv": separated(";"),
      "tabs.csv": separated("\t"),
      "tab-at-end.csv": separated("\t").replaceAll("\n", "\t\n"),
      "a.csv.gz": gzipSync(csv(ROWS)),
      // As `cat a.gz b.gz` makes them.
      "members.csv.gz": Uint8Array.from(parts.flatMap((part) => [...gzipSync(part)])),
      "frames.csv.zst": Uint8Array.from(parts.flatMap((part) => [...zstdCompressSync(part)])),
      "a.csv.zst": zstdCompressSync(csv(ROWS)),
      "a.jsonl": json,
      "crlf.ndjson": "\ufeff" + json.replaceAll("\n", "\r\n\r\n"),
      "a.jsonl.gz": gzipSync(json),
      "a.ndjson.zst": zstdCompressSync(json),
    };
    for (const [name, content] of Object.entries(files)) {
      put(join(folder, name), content);
      await assertRows(join(folder, name), name);
    }
  }));

Deno.test("importFile() reads thousands of frames of a zst file, small and large", () =>
  inFolder(async (folder) => {
    const place = { tags: [["phase", "1"], ["module", "1"]] as [string, string][] };
    const lines = csv(Array.from({ length: 40_000 }, (_, i) => (
      { time: JULY_13 + i, payload: "v", value: String(i % 7), ...place }
    ))).split(/(?<=\n)/);
    const frames = lines.slice(0, 20_000).map((line) => zstdCompressSync(line));
    frames.push(zstdCompressSync(lines.slice(20_000).join("")));
    frames.push(zstdCompressSync("\n".repeat(2 ** 25))); // small, but only when compressed
    put(join(folder, "a.csv.zst"), Buffer.concat(frames));
    const { rows, rejected } = await importOutcome(join(folder, "a.csv.zst"));
    assert.deepEqual([rows, rejected], [40_000, []]);
  }));

/** The instants in a file, and why rows are rejected. */
async function timesOf(folder: string, name: string, content: string) {
  put(join(folder, name), content);
  const { readings, rejected }: Outcome = await importOutcome(join(folder, name));
  return [
    readings.flat().map((reading) => JSON.parse(reading)[0]),
    rejected.map(({ reason }) => reason),
  ];
}

Deno.test("importFile() reads decimals of a timestamp exactly to the nanosecond", () =>
  inFolder(async (folder) => {
    const tags = { phase: 1, module: 1 };
    const line = (timestamp: string) =>
      `{"timestamp":${timestamp},"payload_type":"v","value":1,"tags":${JSON.stringify(tags)}}\n`;
    const same = ["1720828800.1", "1720828800100", "1720828800100.000", '"1720828800100000000"'];
    const text = same.map(line).join("");
    assert.deepEqual(await timesOf(folder, "a.jsonl", text), [[JULY_13 + 0.1], []]);
    // A float64 takes this for the next day.
    put(join(folder, "b.jsonl"), line("1720915199.999999999"));
    assert.deepEqual((await importOutcome(join(folder, "b.jsonl"))).days, [JULY_13]);
  }));

Deno.test("importFile() reads timestamps in all forms of text", () =>
  inFolder(async (folder) => {
    const texts = [
      ...["1720828812", "1720828812000", "1720828812000000", "1720828812000000000"],
      ...["1720828812.0", "1.720828812e+9", " 1720828812 ", "20240713T000012Z"],
      ...["2024-07-13T00:00:12Z", "2024-07-13 00:00:12", "2024-07-13 00:00:12 UTC"],
      ...["2024-07-13T02:00:12.000000000+02:00", "2024-07-12T22:00:12-0200"],
      ...["2024-07-13T02:00:12+02:00[Europe/Berlin]", "2024-07-13T02:00:12+02:00:00"],
      ...["2024-07-13 00:00:12+00", "2024-07-13t00:00:12,0z", "2024-07-13T00:00:12Z[Etc/UTC]"],
    ];
    const rows = texts.map((time, i) => `"${time}",v,${i},"[[phase, 1], [module, 1]]"`);
    const text = `timestamp,payload_type,value,tags\n${rows.join("\n")}\n`;
    assert.deepEqual(await timesOf(folder, "a.csv", text), [texts.map(() => JULY_13 + 12), []]);
  }));

Deno.test("importFile() reads numbers and booleans in tags as text", () =>
  inFolder(async (folder) => {
    const tags =
      '[["a",9007199254740993],["b",-12345678901234567890123],["c",true],["d",1.0],["e",1.5]]';
    put(
      join(folder, "a.jsonl"),
      `{"timestamp":${JULY_13},"payload_type":"v","value":1,"tags":${tags}}`,
    );
    const [[reading] = []] = (await importOutcome(join(folder, "a.jsonl"))).readings;
    const column = "v_a_9007199254740993_b_-12345678901234567890123_c_true_d_1_e_1.5";
    assert.deepEqual(JSON.parse(reading!), [JULY_13, null, null, column, "1"]);
  }));

Deno.test("importFile() reads JSON values that are not finite numbers as CSV and parquet have them", () =>
  inFolder(async (folder) => {
    const words = ["NaN", "Infinity", "-Infinity"];
    const lines = words.map((word, i) =>
      `{"timestamp":${JULY_13 + i},"payload_type":"v","value":${word},"tags":{}}\n`
    );
    lines.push(`{"timestamp":${JULY_13},"payload_type":NaN,"value":1,"tags":{}}\n`);
    put(join(folder, "a.jsonl"), lines.join(""));
    const { readings, rejected } = await importOutcome(join(folder, "a.jsonl"));
    const wanted = words.map((word, i) => JSON.stringify([JULY_13 + i, null, null, "v", word]));
    assert.deepEqual([readings, rejected.map(({ line }) => line)], [[wanted], [4]]);
  }));

Deno.test("importFile() takes an escaped quote in text of tags for a quote", () =>
  inFolder(async (folder) => {
    const texts = [String.raw`[['x', 'a\'b']]`, String.raw`{'x': 'a\'b'}`, String.raw`{x='a\'b'}`];
    const rows = texts.map((text, i) => `${JULY_13 + i},v,1,"${text}"\n`);
    put(join(folder, "a.csv"), `timestamp,payload_type,value,tags\n${rows.join("")}`);
    const { readings, rejected } = await importOutcome(join(folder, "a.csv"));
    const wanted = texts.map((_, i) => JSON.stringify([JULY_13 + i, null, null, "v_x_a'b", "1"]));
    assert.deepEqual([readings, rejected], [[wanted], []]);
  }));

Deno.test("importFile() rejects timestamps that are not instants, or out of range, row by row", () =>
  inFolder(async (folder) => {
    const unreadable = [
      ...[
        "yesterday",
        "2024-13-01",
        "2024-02-30T00:00",
        "2024-07-13T25:00",
        "12:00",
        "nan",
        "0x10",
      ],
      "2024-07-13T12:00[Europe/Berlin]",
    ];
    const absurd = ["0", "-5", "20240713", "1e300", "2100-01-01T00:00:01Z", "1999-12-31T23:59:59Z"];
    const rows = [...unreadable, ...absurd, "2024-07-13"]
      .map((time) => `${time},v,1,"[[""phase"",""1""],[""module"",""1""]]"`);
    const text = `timestamp,payload_type,value,tags\n${rows.join("\n")}\n`;
    assert.deepEqual(await timesOf(folder, "a.csv", text), [
      [JULY_13],
      [
        ...unreadable.map(() => "a timestamp that can't be read"),
        ...absurd.map(() => "a timestamp before 2000 or after 2100"),
      ],
    ]);
  }));

Deno.test("importFile() rejects tags that are not pairs, row by row", () =>
  inFolder(async (folder) => {
    const malformed = [
      ...["[1]", "[[1,2,3]]", '[["a",null]]', '[["a",{"b":1}]]', '{"a":{"b":1}}', "null", '"x"'],
      ...["[[phase, NULL]]", "[[phase, a, b]]", "nonsense", '[["phase","1"', '[["a","\\ud800"]]'],
      ...['[{"phase":"1","module":"2"}]', `[${Array(1_001).fill('["a","1"]')}]`],
    ];
    const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const rows = [...malformed, "[]", "{}"].map((tags) => `${JULY_13},v,1,${quote(tags)}`);
    put(join(folder, "a.csv"), `timestamp,payload_type,value,tags\n${rows.join("\n")}\n`);
    const { rows: read, rejected } = await importOutcome(join(folder, "a.csv"));
    assert.deepEqual([read, rejected.length], [2, malformed.length]);
    for (const { reason } of rejected) assert.equal(reason, "tags that are malformed");
    assert.deepEqual(rejected.map(({ line }) => line), malformed.map((_, i) => i + 2));
  }));
