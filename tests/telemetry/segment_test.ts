import assert from "node:assert/strict";
import type { Parsed, RejectedRow } from "../../lib/telemetry/malformed.ts";
import { type Column, type Segment, writeSegment } from "../../lib/telemetry/segment.ts";
import type { Tags } from "../../lib/telemetry/tags.ts";
import { hotOutcome, type Outcome } from "../helpers/reading.ts";
import { JULY_13 } from "../helpers/support.ts";

const TAGS: Tags = [["phase", "1"]];

function column<T>(codes: number[], dictionary: Parsed<T>[]): Column<T> {
  return { codes: Int32Array.from(codes), dictionary, textOf: (code) => `text ${code}` };
}

/** A segment with rows at some seconds of its first day; those at -1 have no timestamp. */
function segmentOf(seconds: number[], lines: number[] | null, values: Parsed<string>[]): Segment {
  const times = seconds.map((second): Parsed<bigint> =>
    second < 0 ? { reason: "no timestamp" } : { value: BigInt(JULY_13 + second) * 1_000_000_000n }
  );
  const same = seconds.map(() => 0);
  return {
    rows: seconds.length,
    lines: lines === null ? null : Float64Array.from(lines),
    timestamp: column([...times.keys()], times),
    payload: column(same, [{ value: "v" }]),
    value: column(seconds.map((_, i) => i % values.length), values),
    tags: column(same, [{ value: TAGS }]),
  };
}

function write(segment: Segment): { days: Outcome[]; rejected: RejectedRow[] } {
  const [days, rejected]: [Outcome[], RejectedRow[]] = [[], []];
  writeSegment(segment, {
    put: (bytes) => days.push(hotOutcome(bytes.slice())),
    reject: (row) => rejected.push(row),
  });
  return { days, rejected };
}

Deno.test("writeSegment() writes a file for each day, the earliest day first", () => {
  const seconds = [86_400, 0, 86_401, 5, 2 * 86_400];
  const { days, rejected } = write(segmentOf(seconds, null, [{ value: "1" }, { value: "2" }]));
  const reading = (second: number, value: string) =>
    JSON.stringify([JULY_13 + second, "1", null, "v", value]);
  assert.deepEqual(days.map(({ readings }) => readings), [
    [[reading(0, "2"), reading(5, "2")]],
    [[reading(86_400, "1"), reading(86_401, "1")]],
    [[reading(2 * 86_400, "1")]],
  ]);
  assert.deepEqual(rejected, []);
});

Deno.test("writeSegment() divides a day whose rows have too many tags for one row group", () => {
  const seconds = Array.from({ length: 34_000 }, (_, i) => i);
  const long = Array.from({ length: 1000 }, (_, i): [string, string] => [`tag ${i}`, "1"]);
  const segment = segmentOf(seconds, null, [{ value: "1" }]);
  const tags = column(seconds.map(() => 0), [{ value: long }]);
  const { days } = write({ ...segment, tags });
  assert.deepEqual(days.map(({ rows }) => rows), [16_777, 16_777, 446]);
});

Deno.test("writeSegment() rejects malformed rows by the first reason, with their line and texts", () => {
  const values = [{ value: "1" }, { reason: "no value" }];
  const { days, rejected } = write(segmentOf([0, 1, -1, -1], [2, 3, 5, 8], values));
  const row = { payload_type: "text 0", tags: "text 0" };
  assert.deepEqual(days.map(({ rows }) => rows), [1]);
  assert.deepEqual(rejected, [
    { reason: "no value", timestamp: "text 1", ...row, value: "text 1", line: 3 },
    { reason: "no timestamp", timestamp: "text 2", ...row, value: "text 0", line: 5 },
    { reason: "no timestamp", timestamp: "text 3", ...row, value: "text 1", line: 8 },
  ]);
  const [first] = write(segmentOf([-1], null, values)).rejected;
  assert.ok(!("line" in first!), "a file without lines");
});
