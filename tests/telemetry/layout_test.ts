import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import { findInputs, withFile } from "../../lib/store/mod.ts";
import { readLayout } from "../../lib/telemetry/layout.ts";
import { Unsupported } from "../../lib/errors.ts";
import { scanFile } from "../../lib/telemetry/scan.ts";
import { partsOf } from "../helpers/reading.ts";
import { dayFile, exists, ROOT, TELEMETRY } from "../helpers/support.ts";

const ROW = {
  payload: "x",
  value: "1",
  tags: [["phase", "1"], ["module", "1"]] as [string, string][],
};

function layout(bytes: Uint8Array) {
  return readLayout(partsOf(bytes), bytes.length);
}

for (const [name, folder] of [["the sample", join(ROOT, "data")], ["real telemetry", TELEMETRY]]) {
  Deno.test({
    name: `every file of ${name} takes the fast path`,
    ignore: !exists(folder!),
    fn() {
      const files = findInputs(folder!).files;
      assert.ok(files.length > 40);
      for (const { path, size } of files) {
        const { rows, first, last } = withFile(
          path,
          (read) => readLayout(read, size),
        );
        assert.ok(rows > 0 && first <= last, path);
      }
    },
  });
}

Deno.test("a footer gives the span in whole seconds, whatever the unit", () => {
  const rows = [1_720_828_812, 1_720_828_800, 1_720_828_999].map((time) => ({ ...ROW, time }));
  for (const perSecond of [1, 1e3, 1e6, 1e9]) {
    const { first, last, rows: count } = layout(dayFile(rows, perSecond));
    assert.deepEqual([first, last, count], [1_720_828_800, 1_720_828_999, 3]);
  }
  const fraction = layout(dayFile([{ ...ROW, time: 1_720_828_800.999999 }], 1e9));
  assert.deepEqual([fraction.first, fraction.last], [1_720_828_800, 1_720_828_800]);
});

Deno.test("one row of a clock that was reset does not make a file touch all days between", () => {
  const rows = [946_684_805, 1_720_828_800, 1_720_828_900].map((time) => ({ ...ROW, time }));
  const bytes = dayFile(rows);
  assert.throws(() => layout(bytes), Unsupported, "the footer does not tell");
  const none = () => assert.fail("no row is rejected");
  const scanned = scanFile(partsOf(bytes), bytes.length, none);
  assert.deepEqual(scanned.days, [946_684_800, 1_720_828_800]);
  assert.equal(layout(dayFile(rows.slice(1))).days, undefined);
});

Deno.test("a file with a timestamp out of range must be scanned", () => {
  for (const time of [0, 4_102_444_801]) {
    const rows = [{ ...ROW, time }, { ...ROW, time: 1_720_828_800 }];
    assert.throws(() => layout(dayFile(rows)), Unsupported);
  }
});

Deno.test("other shapes are left to the general reader", () => {
  const column = (name: string, data: unknown[], type: string) => ({ name, data, type });
  // deno-lint-ignore no-explicit-any -- column data of another library
  const write = (columns: any[], options = {}) =>
    Buffer.from(parquetWriteBuffer({ columnData: columns, ...options }));
  const times = [1_720_828_800n, 1_720_828_801n];
  const columns = [
    column("timestamp", times, "INT64"),
    column("payload_type", ["x", "x"], "STRING"),
    column("value", ["1", "2"], "STRING"),
    column("tags", ["[]", "[]"], "STRING"),
  ];
  assert.equal(layout(write(columns)).tags.form, "json");
  const others = [
    column("timestamp", [1.5, 2.5], "DOUBLE"),
    column("payload_type", [1, 2], "INT32"),
    column("value", [true, false], "BOOLEAN"),
    column("value", times.map((time) => new Date(Number(time) * 1000)), "TIMESTAMP"),
    column("tags", [1, 2], "INT32"),
  ];
  for (const other of others) {
    const at = columns.findIndex(({ name }) => name === other.name);
    assert.throws(() => layout(write(columns.with(at, other))), Unsupported, other.type);
  }
  const packed = { codec: "LZ4_RAW", compressors: { LZ4_RAW: (bytes: Uint8Array) => bytes } };
  assert.throws(() => layout(write(columns, packed)), /compressed with LZ4_RAW/);
  assert.throws(() => layout(write(columns.toSpliced(1, 2))), /has no column 'payload_type'/);
});

Deno.test("what is no parquet file says so", () => {
  assert.throws(() => layout(new Uint8Array(0)), /is empty/);
  assert.throws(() => layout(new TextEncoder().encode("PAR1")), /is no parquet file/);
  assert.throws(
    () => layout(new TextEncoder().encode("timestamp,value\n1,2\n")),
    /is no parquet file/,
  );
  const bytes = dayFile([{ ...ROW, time: 1_720_828_800 }]);
  assert.throws(() => layout(bytes.slice(0, -1)), /does not end in PAR1/);
  const long = bytes.slice();
  new DataView(long.buffer).setUint32(long.length - 8, 2 ** 31, true);
  assert.throws(() => layout(long), /claims a footer of 2147483656 bytes/);
});
