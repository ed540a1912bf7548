import assert from "node:assert/strict";
import { join } from "node:path";
import { createGzip } from "node:zlib";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import fc from "fast-check";
import {
  ByteWriter,
  encodeChunk,
  encodeSchema,
  FileWriter,
  PhysicalType,
  type SchemaElement,
  writeLevels,
  writeRun,
} from "../../lib/parquet/mod.ts";
import { findInputs } from "../../lib/store/mod.ts";
import { readLayout } from "../../lib/telemetry/mod.ts";
import type { Row } from "../helpers/oracle.ts";
import {
  assertSameTree,
  cli,
  cliAsUser,
  csv,
  dayFile,
  etl,
  exists,
  inFolder,
  JULY_13,
  put,
  ROOT,
  TELEMETRY,
  tree,
} from "../helpers/support.ts";
import { rowsOf } from "./support.ts";

const GOOD = rowsOf(1);

/** A small file as exporters write them: real telemetry if available, else of the sample. */
function smallFile(): Uint8Array {
  const files = findInputs(exists(TELEMETRY) ? TELEMETRY : join(ROOT, "data")).files;
  const smallest = files.reduce((a, b) => a.size <= b.size ? a : b);
  return Deno.readFileSync(smallest.path);
}

/** Runs with bad files and a good one; returns the summary and the names of problems. */
async function beside(folder: string, bad: Record<string, Uint8Array | string>) {
  put(join(folder, "in", "good.parquet"), dayFile(GOOD));
  for (const [name, bytes] of Object.entries(bad)) put(join(folder, "in", name), bytes);
  const summary = await etl(folder);
  const named = new Map<string, string>(
    summary.problems.map(({ name, reason }: { name: string; reason: string }) => [name, reason]),
  );
  return { summary, named };
}

/** Fails unless the tree is that of the good file alone. */
async function assertOnlyGood(folder: string): Promise<void> {
  put(join(folder, "alone", "good.parquet"), dayFile(GOOD));
  await cli("--input", join(folder, "alone"), "--output", join(folder, "fresh"), "--quiet");
  assertSameTree(join(folder, "out"), join(folder, "fresh"));
}

Deno.test("a file cut at every 64th byte affects only itself", () =>
  inFolder(async (folder) => {
    const bytes = smallFile();
    const bad: Record<string, Uint8Array> = {};
    const step = Math.max(64, Math.ceil(bytes.length / 64 / 400) * 64);
    for (let end = 0; end < bytes.length; end += step) {
      bad[`cut-${end}.parquet`] = bytes.slice(0, end);
    }
    const { summary, named } = await beside(folder, bad);
    assert.equal(summary.code, 1);
    assert.deepEqual([...named.keys()].sort(), Object.keys(bad).sort());
    await assertOnlyGood(folder);
  }));

Deno.test("500 flipped bytes affect only their files, and every run ends", () =>
  inFolder(async (folder) => {
    const bytes = smallFile();
    const at = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    const flips = fc.sample(at, { numRuns: 500, seed: 7 });
    const bad = Object.fromEntries(flips.map(([at, flip], i) => {
      const broken = bytes.slice();
      broken[at]! ^= flip;
      return [`flip-${i}.parquet`, broken];
    }));
    const { summary, named } = await beside(folder, bad);
    assert.equal(summary.code, 1);
    assert.ok(named.size > 50, `${named.size} were noticed`);
    for (const [name, reason] of named) assert.match(name, /^flip-/, reason);
    assert.equal(summary.rows, summary.readings + summary.duplicates + total(summary.rejected));
    assert.ok([...tree(join(folder, "out")).keys()].length > 0);
  }));

const total = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);

/** A file that claims 2^40 rows. */
function manyRows(): Uint8Array {
  const bytes = dayFile(GOOD.slice(0, 50));
  const claim = new ByteWriter();
  claim.appendVarInt(100);
  const other = [0x80, 0x80, 0x80, 0x80, 0x80, 0x40]; // 2^41, zigzag of 2^40
  const footer = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  const start = bytes.length - 8 - footer;
  const out: number[] = [...bytes.subarray(0, start)];
  const needle = [0x16, ...claim.getBytes()];
  for (let i = start; i < bytes.length - 8;) {
    const found = needle.every((byte, k) => bytes[i + k] === byte);
    out.push(...(found ? [0x16, ...other] : [bytes[i]!]));
    i += found ? needle.length : 1;
  }
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, out.length - start, true);
  return Uint8Array.from([...out, ...length, ...bytes.subarray(-4)]);
}

Deno.test("inconsistent files are named with their error", () =>
  inFolder(async (folder) => {
    const sum = dayFile(GOOD);
    const read = (offset: number, size: number) => new Uint8Array(sum.slice(offset, offset + size));
    const { offset, size } = readLayout(read, sum.length).groups[0]!.chunks[2]!;
    sum[offset + size - 1]! ^= 1;
    const { summary, named } = await beside(folder, {
      "empty.parquet": "",
      "text.parquet": "timestamp,value\n",
      "rows.parquet": manyRows(),
      "sum.parquet": sum,
      "folder.parquet/inside.txt": "nothing here",
    });
    assert.equal(summary.code, 1);
    assert.deepEqual([...named.keys()].sort(), [
      "empty.parquet",
      "rows.parquet",
      "sum.parquet",
      "text.parquet",
    ]);
    assert.equal(named.get("empty.parquet"), "is empty");
    assert.match(named.get("rows.parquet")!, /the footer counts 1099511627776/);
    assert.match(
      named.get("sum.parquet")!,
      /^column .value.: a page whose checksum is wrong, at byte \d+$/,
    );
    await assertOnlyGood(folder);
  }));

Deno.test("a file without permission is named", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "good.parquet"), dayFile(GOOD));
    put(join(folder, "in", "closed.parquet"), dayFile(rowsOf(2)));
    put(join(folder, "in", "closed", "a.csv"), csv(rowsOf(2)));
    Deno.chmodSync(join(folder, "in", "closed.parquet"), 0);
    Deno.chmodSync(join(folder, "in", "closed"), 0);
    const paths = ["--input", join(folder, "in"), "--output", join(folder, "out")];
    const { code, stderr } = await cliAsUser(...paths, "--quiet");
    Deno.chmodSync(join(folder, "in", "closed"), 0o755);
    assert.equal(code, 1);
    assert.match(stderr, /closed.parquet: may not be read: permission denied/);
    assert.match(stderr, /closed: may not be read: permission denied/);
    await assertOnlyGood(folder);
  }));

/** A row whose value is a text of 1.8 GB, compressed to a few kilobytes. */
function bombFile(): Uint8Array {
  const plain = (put: (out: ByteWriter) => void) => {
    const page = new ByteWriter();
    writeLevels(page, () => writeRun(page, 1, 1, 1));
    put(page);
    return page.getBytes();
  };
  const size = 1_800_000_000;
  const head = plain((out) => out.appendUint32(size));
  const value = new Uint8Array(head.length + size).fill(97);
  value.set(head);
  const short = (text: string) =>
    plain((out) => {
      out.appendUint32(text.length);
      out.appendBytes(new TextEncoder().encode(text));
    });
  const time = plain((out) => out.appendInt64(BigInt(JULY_13)));
  const pages = { timestamp: time, payload_type: short("x"), value, tags: short("[]") };
  const names = Object.keys(pages);
  const { INT64, BYTE_ARRAY } = PhysicalType;
  const file = new FileWriter("ZSTD");
  file.begin(encodeSchema(names.map((name, i): SchemaElement => ({
    ...{ name, repetition: 1, type: i === 0 ? INT64 : BYTE_ARRAY },
    ...(i > 0 && { logical: "text" }),
  }))));
  for (const data of Object.values(pages)) {
    file.add(encodeChunk({ data, numValues: 1, nullCount: 0 }, "ZSTD"));
  }
  return file.end({ rows: 1, createdBy: "test" }).slice();
}

Deno.test("decompression bombs are stopped, and named", () =>
  inFolder(async (folder) => {
    const input = join(folder, "in");
    Deno.mkdirSync(input);
    // One record of 2 GB, compressed to 2 MB.
    const megabyte = new Uint8Array(1 << 20).fill(97);
    function* bomb() {
      yield new TextEncoder().encode("timestamp,payload_type,value,tags\n1720828800,x,1,");
      for (let i = 0; i < 2000; i++) yield megabyte;
    }
    const gzip = createGzip({ level: 9 });
    await pipeline(Readable.from(bomb()), gzip, createWriteStream(join(input, "bomb.csv.gz")));
    put(join(input, "bomb.parquet"), bombFile());
    const { summary, named } = await beside(folder, {});
    assert.equal(summary.code, 1);
    assert.match(named.get("bomb.csv.gz")!, /a line longer than 1 MB/);
    assert.match(
      named.get("bomb.parquet")!,
      /needs more than the 450 MB that an import may use: split/,
    );
    await assertOnlyGood(folder);
  }));

const HOSTILE = [
  "..",
  "/etc",
  "a/b",
  "C:\\x",
  "nul\0byte",
  "new\nline",
  "🔋",
  "_",
  ".",
  "%2E",
  "a_b",
  " ",
  "'\"<script>",
];

Deno.test("hostile tag values get separate paths inside the output, or are rejected", () =>
  inFolder(async (folder) => {
    const row = (phase: string, module: string, i: number): Row => ({
      time: JULY_13 + i,
      payload: "x",
      value: String(i),
      tags: [["phase", phase], ["module", module], ["cell", phase]],
    });
    const pairs = HOSTILE.flatMap((a) => HOSTILE.map((b): [string, string] => [a, b]));
    pairs.push(["1_1", "2"], ["1", "1_2"], ["1", "2"]);
    const refused: [string, string][] = [["", "1"], ["1", ""], ["x".repeat(300), "1"], [
      "1",
      "é".repeat(100),
    ]];
    const rows = [...pairs, ...refused].map(([phase, module], i) => row(phase, module, i));
    put(join(folder, "in", "a.parquet"), dayFile(rows));
    const summary = await etl(folder);
    assert.deepEqual([summary.code, summary.readings, summary.modules], [
      0,
      pairs.length,
      pairs.length,
    ]);
    assert.equal(total(summary.rejected), refused.length);
    const names = [...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name).sort();
    const modules = names.filter((name) => name !== "_etl");
    assert.equal(modules.length, pairs.length);
    for (const name of modules) {
      assert.match(name, /^([A-Za-z0-9-]|%[0-9A-F]{2})+_([A-Za-z0-9-]|%[0-9A-F]{2})+$/);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["in", "out"]);
    const outside = new Set(
      modules.map((name) => name.split("_").map(decodeURIComponent).join("\u0001")),
    );
    assert.deepEqual(outside, new Set(pairs.map((pair) => pair.join("\u0001"))));
  }));

Deno.test("a link that leads out of the output folder is refused, never followed", () =>
  inFolder(async (folder) => {
    const out = join(folder, "out");
    const outside = join(folder, "outside");
    put(join(folder, "in", "good.parquet"), dayFile(GOOD));
    Deno.mkdirSync(out);
    Deno.mkdirSync(outside);
    Deno.symlinkSync(outside, join(out, "1_2"));
    const { code, stderr } = await etl(folder);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /2024-07-13 could not be built: .*out\/1_2 is a link: move it out of the way/,
    );
    assert.deepEqual([...Deno.readDirSync(outside)], []);
    Deno.removeSync(join(out, "1_2"));
    Deno.removeSync(join(out, "_etl"), { recursive: true });
    Deno.symlinkSync(outside, join(out, "_etl"));
    const own = await cli("--input", join(folder, "in"), "--output", out);
    assert.equal(own.code, 2);
    assert.match(own.stderr, /_etl is a link/);
    assert.deepEqual([...Deno.readDirSync(outside)], []);
    Deno.removeSync(join(out, "_etl"));
    assert.equal((await etl(folder)).code, 0);
    await assertOnlyGood(folder);
  }));

Deno.test("text from the data can't control a terminal", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a\u001b[31m\n.csv"), "timestamp,value\n");
    put(join(folder, "in", "good.parquet"), dayFile(GOOD));
    const { code, stdout, stderr } = await cli(
      "--input",
      join(folder, "in"),
      "--output",
      join(folder, "out"),
    );
    assert.equal(code, 1);
    // deno-lint-ignore no-control-regex -- the test is about them
    for (const text of [stdout, stderr]) assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
    assert.match(stdout, /a·\[31m·\.csv: has no column/);
  }));

Deno.test("narrow permissions are enough", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "good.parquet"), dayFile(GOOD));
    put(join(folder, "in", "more.csv"), csv(rowsOf(2, 3)));
    Deno.mkdirSync(join(folder, "out"));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", `--allow-read=${folder}`, `--allow-write=${join(folder, "out")}`],
        ...["--allow-run", join(ROOT, "solution.ts"), "--input", join(folder, "in")],
        ...["--output", join(folder, "out"), "--quiet"],
      ],
    }).output();
    assert.deepEqual([code, new TextDecoder().decode(stderr)], [0, ""]);
    await cli("--input", join(folder, "in"), "--output", join(folder, "fresh"), "--quiet");
    assertSameTree(join(folder, "out"), join(folder, "fresh"));
  }));
