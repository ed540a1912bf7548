import assert from "node:assert/strict";
import fc from "fast-check";
import { readLayout } from "../../lib/telemetry/layout.ts";
import type { Row } from "../helpers/oracle.ts";
import { partsOf, readFiles } from "../helpers/reading.ts";
import { dayFile, JULY_13 } from "../helpers/support.ts";

/** Reads day files as the product does, and returns the readings as texts. */
function read(files: Uint8Array[], from = JULY_13, to = JULY_13 + 86_400, day = JULY_13) {
  const sources = files.map((bytes) => ({
    bytes,
    layout: readLayout(partsOf(bytes), bytes.length),
  }));
  return readFiles(sources, { day, from, to });
}

function expected(rows: readonly Row[]): string[] {
  const texts = rows.map(({ time, payload, value, tags }) => {
    const tag = (wanted: string) => tags.find(([key]) => key === wanted)?.[1] ?? null;
    const others = tags.filter(([key]) => !["phase", "module", "message_source"].includes(key));
    const column = [payload, ...others.flat()].join("_");
    return JSON.stringify([time, tag("phase"), tag("module"), column, value]);
  });
  return [...new Set(texts)].sort();
}

const tagLists: Row["tags"][] = [
  [["phase", "1"], ["module", "1"], ["message_source", "master"]],
  [["phase", "1"], ["module", "1"], ["message_source", "slave"]],
  [["phase", "1"], ["module", "2"], ["cell", "1"]],
  [["phase", "2"]],
  [["message_source", "master"]],
  [["cell", "1"], ["cell", "1"], ["phase", "2"], ["module", "1"]],
];

const fields = {
  payload: fc.constantFrom("voltage", "state", "µ"),
  value: fc.constantFrom("1", "1.0", "2.5", "IDLE", "", "🔋"),
  tags: fc.constantFrom(...tagLists),
};
const anyRow: fc.Arbitrary<Row> = fc.record({
  time: fc.integer({ min: JULY_13 - 10, max: JULY_13 + 30 }),
  ...fields,
});
const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 60 });

Deno.test("DayReader.readFile() reads blocks repeated exactly or with other values, seconds or tags", () => {
  const block = fc.array(anyRow, { minLength: 1, maxLength: 12 });
  /** Which block is said, in which second, and which of its rows then has another value or tags. */
  const said = fc.record({
    block: fc.nat({ max: 2 }),
    time: fc.integer({ min: JULY_13, max: JULY_13 + 3 }),
    times: fc.integer({ min: 1, max: 3 }),
    other: fc.option(fc.record({ row: fc.nat({ max: 11 }), ...fields }), { freq: 2 }),
  });
  const all = fc.tuple(fc.tuple(block, block, block), fc.array(said, { minLength: 1 }));
  fc.assert(fc.property(all, ([blocks, sayings]) => {
    const rows = sayings.flatMap(({ block, time, times, other }) => {
      const said = blocks[block]!.map((row, i): Row => {
        const { row: changed, ...fields } = other ?? { row: -1 };
        return { ...row, time, ...(changed === i ? fields : {}) };
      });
      return Array.from({ length: times }, () => said).flat();
    });
    assert.deepEqual(read([dayFile(rows)]).found, expected(rows));
  }));
});

Deno.test("DayReader.readFile() finds the distinct rows in the window in any order of rows", () => {
  fc.assert(fc.property(anyRows, anyRows, fc.nat({ max: 20 }), (rows, more, late) => {
    const [from, to] = [JULY_13 - 5, JULY_13 + late];
    const inside = [...rows, ...more].filter(({ time }) => time >= from && time < to);
    const { own, found } = read([dayFile(rows)], from, to);
    const alone = rows.filter(({ time }) => time >= from && time < to);
    assert.deepEqual(found, expected(alone));
    assert.equal(own, rows.filter(({ time }) => time >= JULY_13).length);
    const both = read([dayFile(rows), dayFile(more)], from, to);
    assert.deepEqual([...new Set(both.found)], expected(inside));
    assert.deepEqual(read([dayFile(rows.toReversed())], from, to).found, found);
    assert.deepEqual(read([dayFile([...rows, ...rows])], from, to).found, found);
  }));
});

Deno.test("DayReader.readFile() returns the same readings for all units of time", () => {
  fc.assert(fc.property(anyRows, (rows) => {
    const { found } = read([dayFile(rows)]);
    for (const scale of [1e3, 1e6, 1e9]) {
      assert.deepEqual(read([dayFile(rows, scale)]).found, found);
    }
  }));
});

Deno.test("DayReader.readFile() reads 75,000 instants of 150,000 rows", () => {
  const rows = Array.from({ length: 150_000 }, (_, i): Row => ({
    time: JULY_13 + (i % 75_000) / 2,
    payload: `p${i % 60}`,
    value: String(i % 7),
    tags: tagLists[i % 5]!,
  }));
  assert.deepEqual(read([dayFile(rows, 1000)]).found, expected(rows));
});

Deno.test("DayReader.readFile() reads thousands of signals that overlap within a file", () => {
  const rows = Array.from({ length: 12_000 }, (_, i): Row => ({
    time: JULY_13 + (i % 4_000) / 2,
    payload: `p${i % 3}`,
    value: ["1", "10", "9", "IDLE", ""][i % 5]!,
    tags: [["phase", "1"], ["module", `${i % 4_000}`]],
  }));
  const twice = [
    ...rows,
    ...rows.slice(5_000),
    ...rows.slice(0, 3_000).map((row) => ({ ...row, value: "2" })),
  ];
  assert.deepEqual(read([dayFile(twice, 1000)]).found, expected(twice));
  assert.deepEqual(
    read([dayFile(twice, 1000)], JULY_13 + 100, JULY_13 + 900).found,
    expected(
      twice.filter(({ time }) => time >= JULY_13 + 100 && time < JULY_13 + 900),
    ),
  );
});

Deno.test("DayReader.readFile() reads 20,000 distinct tag lists", () => {
  const rows = Array.from({ length: 20_000 }, (_, i): Row => ({
    time: JULY_13 + i % 3,
    payload: `p${i % 3}`,
    value: "1",
    tags: [["phase", "1"], ["module", `${i % 400}`], [`key ${i}`, `${i % 5_000}`]],
  }));
  assert.deepEqual(read([dayFile(rows)]).found, expected(rows));
});

Deno.test("DayReader.readFile() throws for a flipped byte, unless it changes no reading", () => {
  const rows = fc.sample(anyRow, { numRuns: 200, seed: 7 });
  const bytes = dayFile(rows);
  const random = fc.sample(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
    numRuns: 3000,
    seed: 7,
  });
  const { found } = read([bytes]);
  let noticed = 0;
  for (const [at, flip] of random) {
    const broken = bytes.slice();
    broken[at]! ^= flip;
    let readings: string[];
    try {
      readings = read([broken]).found;
    } catch (error) {
      assert.ok(error instanceof Error && error.message !== "");
      noticed++;
      continue;
    }
    assert.deepEqual(readings, found, `byte ${at} ^ ${flip}`);
  }
  assert.ok(noticed > 1000, `only ${noticed} of 3,000 were noticed`);
});

Deno.test("readLayout() throws for a file that is cut anywhere", () => {
  const bytes = dayFile(fc.sample(anyRow, { numRuns: 50, seed: 7 }));
  for (let end = 0; end < bytes.length; end++) {
    assert.throws(() => read([bytes.slice(0, end)]), Error);
  }
});
