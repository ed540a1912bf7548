import assert from "node:assert/strict";
import fc from "fast-check";
import { parquetReadObjects } from "hyparquet";
import { NeedsImport } from "../../lib/errors.ts";
import type { WriterCodec } from "../../lib/parquet/mod.ts";
import { BatchReader } from "../../lib/telemetry/batch.ts";
import { readLayout } from "../../lib/telemetry/layout.ts";
import { anyCut, type Cut, type StoredRow, WHOLE, writeDialect } from "../helpers/dialect.ts";
import { partsOf } from "../helpers/reading.ts";
import { JULY_13 } from "../helpers/support.ts";

const UNITS = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n };
type Unit = keyof typeof UNITS;

const TAG_LISTS: StoredRow["tags"][] = [
  [["phase", "1"], ["module", "1"]],
  [["phase", "1"], ["module", "2"], ["message_source", "master"]],
  [["phase", "2"], ["cell", "1"], ["cell", "1"]],
  [["message_source", "slave"]],
  [["", "µ🔋"], ["phase", "phase"]],
];

const anyRows = (unit: Unit): fc.Arbitrary<StoredRow[]> =>
  fc.array(
    fc.record({
      time: fc.oneof(
        fc.integer({ min: JULY_13, max: JULY_13 + 5 }).map((time) => BigInt(time) * UNITS[unit]),
        fc.bigInt({ min: BigInt(JULY_13) * UNITS[unit], max: BigInt(JULY_13 + 90) * UNITS[unit] }),
      ),
      payload: fc.constantFrom("voltage", "state", "µ"),
      value: fc.constantFrom("1", "1.0", "2.5", "IDLE", "", "🔋", " 7 "),
      tags: fc.constantFrom(...TAG_LISTS),
    }),
    { minLength: 1, maxLength: 60 },
  );

/** The rows of a file as a batch has them. */
function batchRows(bytes: Uint8Array<ArrayBuffer>, reader = new BatchReader()) {
  const { groups, unit } = readLayout(partsOf(bytes), bytes.length);
  return groups.flatMap((group) => {
    const columns = group.chunks.map(({ offset, size }) => bytes.slice(offset, offset + size));
    const batch = reader.read(group, columns, unit, JULY_13);
    const { rows, times, payloads, values, tags, timeRuns } = batch;
    assert.equal(timeRuns.ends[timeRuns.length - 1], rows);
    return Array.from({ length: rows }, (_, row) => ({
      time: times.dictionary[times.codes[row]!]!,
      payload: payloads.dictionary[payloads.codes[row]!]!,
      value: values.dictionary.text(values.codes[row]!),
      tags: tags.dictionary[tags.codes[row]!]!.map((pair) => [...pair]),
    }));
  });
}

function expected(rows: readonly StoredRow[], unit: Unit) {
  return rows.map(({ time, tags, ...rest }) => ({
    ...rest,
    time: Number(time * (10n ** 9n / UNITS[unit]) - BigInt(JULY_13) * 10n ** 9n) / 1e9,
    tags: tags.filter(([key]) => key !== "message_source").map((pair) => [...pair]),
  }));
}

Deno.test("BatchReader.read() reads pages that end anywhere, and dictionaries that overflow", async () => {
  const anyUnit = fc.constantFrom<Unit>("s", "ms", "us", "ns");
  const files = anyUnit.chain((unit) => fc.tuple(fc.constant(unit), anyRows(unit)));
  const cuts = fc.array(anyCut, { minLength: 4, maxLength: 4 });
  const codecs = fc.constantFrom<WriterCodec>("UNCOMPRESSED", "SNAPPY", "ZSTD");
  await fc.assert(
    fc.asyncProperty(files, cuts, codecs, async ([unit, rows], cuts, codec) => {
      const bytes = writeDialect(rows, cuts, codec);
      assert.deepEqual(batchRows(bytes), expected(rows, unit));
      if (codec === "ZSTD") return;
      // The file is what was meant: another reader sees the same rows.
      const found = await parquetReadObjects({ file: bytes.buffer });
      assert.deepEqual(
        found.map((
          { timestamp, payload_type, value, tags },
        ) => [timestamp, payload_type, value, tags]),
        rows.map(({ time, payload, value, tags }) => [time, payload, value, tags]),
      );
    }),
    { numRuns: 300 },
  );
});

Deno.test("BatchReader.read() gives equal payload types, values and tags the same code in all files", () => {
  const reader = new BatchReader();
  const rows = (tags: StoredRow["tags"][]) =>
    tags.map((tags, i) => ({ time: BigInt(JULY_13 + i), payload: "v", value: "1", tags }));
  const read = (tags: StoredRow["tags"][], cut: Cut) =>
    batchRows(writeDialect(rows(tags), Array(4).fill(cut), "SNAPPY"), reader);
  read(TAG_LISTS, WHOLE);
  read(TAG_LISTS.toReversed(), { ...WHOLE, most: 0 });
  read(TAG_LISTS.slice(2), { ...WHOLE, packedLevels: false });
  assert.deepEqual([reader.values.size], [1]);
});

/** Rows with so many distinct tags that no table holds all pairs of them. */
Deno.test("BatchReader.read() reads tags of more distinct texts than a table has room for", () => {
  const rows = Array.from({ length: 3_000 }, (_, i): StoredRow => ({
    time: BigInt(JULY_13 + i % 7),
    payload: "v",
    value: "1",
    tags: [["phase", "1"], [`key ${i % 1_500}`, `${i % 999}`]],
  }));
  for (const most of [1 << 30, 700]) {
    const bytes = writeDialect(rows, Array(4).fill({ ...WHOLE, lengths: [1_001], most }), "SNAPPY");
    assert.deepEqual(batchRows(bytes), expected(rows, "s"));
  }
});

Deno.test("BatchReader.read() throws NeedsImport for rows of more than 1,000 tags", () => {
  const row = (count: number): StoredRow => ({
    ...{ time: BigInt(JULY_13), payload: "v", value: "1" },
    tags: Array.from({ length: count }, () => ["a", "b"]),
  });
  const read = (count: number) =>
    batchRows(writeDialect([row(count)], Array(4).fill(WHOLE), "UNCOMPRESSED"));
  assert.equal(read(1_000)[0]!.tags.length, 1_000);
  assert.throws(
    () => read(1_001),
    (error) => error instanceof NeedsImport && /1000 tags/.test(error.message),
  );
});

/** A row as the other reader has it; where it finds nothing, no reading can be made of it. */
function rowOf({ timestamp, payload_type, value, tags }: Record<string, unknown>) {
  return { time: timestamp, payload: payload_type, value, tags } as unknown as StoredRow;
}

/** Flips some bits in some pages, whose checksums are right nevertheless. */
const anyDamage = fc.array(
  fc.record({ page: fc.nat({ max: 20 }), at: fc.nat(), flip: fc.integer({ min: 1, max: 255 }) }),
  { minLength: 1, maxLength: 3 },
);

Deno.test("BatchReader.read() reads the same rows of a damaged page as hyparquet, or throws", async () => {
  const cuts = fc.array(anyCut, { minLength: 4, maxLength: 4 });
  let [noticed, same] = [0, 0];
  await fc.assert(
    fc.asyncProperty(anyRows("s"), cuts, anyDamage, async (rows, cuts, damage) => {
      let page = 0;
      const bytes = writeDialect(rows, cuts, "UNCOMPRESSED", (bytes) => {
        for (const { at, flip } of damage.filter((one) => one.page === page)) {
          if (bytes.length > 0) bytes[at % bytes.length]! ^= flip;
        }
        page++;
      });
      let found;
      try {
        found = batchRows(bytes);
      } catch (error) {
        assert.ok(
          error instanceof NeedsImport || (error as Error).constructor === Error,
          `${error}`,
        );
        assert.match((error as Error).message, /^column '|^rows|^timestamps/);
        noticed++;
        return;
      }
      const others = await parquetReadObjects({ file: bytes.buffer }).catch(() => null);
      if (others === null) return; // it minds more
      assert.deepEqual(found, expected(others.map(rowOf), "s"));
      same++;
    }),
    { numRuns: 500 },
  );
  assert.ok(noticed > 50 && same > 50, `${noticed} were noticed, ${same} read`);
});

/** Few bytes that say that one row comes again and again. */
function constant(rows: number): Uint8Array<ArrayBuffer> {
  const row = { time: BigInt(JULY_13), payload: "x", value: "1", tags: TAG_LISTS[3]! };
  const runs = { ...WHOLE, packed: false };
  return writeDialect(Array<StoredRow>(rows).fill(row), [runs, runs, runs, WHOLE], "ZSTD");
}

Deno.test("BatchReader.read() reads many rows from few bytes", () => {
  assert.equal(batchRows(constant(1 << 16)).length, 1 << 16);
});
