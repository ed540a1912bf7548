import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer/src/index.js";
import { findInputs, withFile } from "../../lib/store/mod.ts";
import { readLayout } from "../../lib/telemetry/layout.ts";
import { NeedsImport } from "../../lib/errors.ts";
import { partsOf } from "../helpers/reading.ts";
import { dayFile, exists, JULY_13, ROOT, TELEMETRY } from "../helpers/support.ts";

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
    name: `readLayout() takes every file of ${name}`,
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

Deno.test("readLayout() returns the span in whole seconds for every unit", () => {
  const rows = [1_720_828_812, 1_720_828_800, 1_720_828_999].map((time) => ({ ...ROW, time }));
  for (const perSecond of [1, 1e3, 1e6, 1e9]) {
    const { first, last, rows: count } = layout(dayFile(rows, perSecond));
    assert.deepEqual([first, last, count], [1_720_828_800, 1_720_828_999, 3]);
  }
  const fraction = layout(dayFile([{ ...ROW, time: 1_720_828_800.999999 }], 1e9));
  assert.deepEqual([fraction.first, fraction.last], [1_720_828_800, 1_720_828_800]);
});

Deno.test("readLayout() throws NeedsImport for a file that spans years because of a reset clock", () => {
  const rows = [946_684_805, JULY_13, JULY_13 + 100].map((time) => ({ ...ROW, time }));
  assert.throws(() => layout(dayFile(rows)), NeedsImport);
  assert.equal(layout(dayFile(rows.slice(1))).first, JULY_13);
  const days = [JULY_13, JULY_13 + 3 * 86_400].map((time) => ({ ...ROW, time }));
  assert.equal(layout(dayFile(days)).last, JULY_13 + 3 * 86_400);
});

Deno.test("readLayout() throws NeedsImport for timestamps out of range", () => {
  for (const time of [0, 4_102_444_801]) {
    const rows = [{ ...ROW, time }, { ...ROW, time: JULY_13 }];
    assert.throws(() => layout(dayFile(rows)), NeedsImport);
  }
});

Deno.test("readLayout() throws NeedsImport for seconds mixed with milliseconds", () => {
  const rows = [JULY_13, (JULY_13 + 10) * 1000].map((time) => ({ ...ROW, time }));
  assert.throws(() => layout(dayFile(rows)), /timestamps of different units/);
  assert.throws(() => layout(dayFile(rows)), NeedsImport);
});

Deno.test("readLayout() throws NeedsImport for other types, codecs, encodings and nulls", () => {
  const column = (name: string, data: unknown[], type: string, more = {}) => ({
    name,
    data,
    type,
    ...more,
  });
  // deno-lint-ignore no-explicit-any -- column data of another library
  const write = (columns: any[], options = {}) =>
    Buffer.from(parquetWriteBuffer({ columnData: columns, ...options }));
  const times = [BigInt(JULY_13), BigInt(JULY_13 + 1)];
  const columns = [
    column("timestamp", times, "INT64"),
    column("payload_type", ["x", "x"], "STRING"),
    column("value", ["1", "2"], "STRING"),
    column("tags", ["[]", "[]"], "STRING"),
  ];
  const others: [ReturnType<typeof column>, RegExp][] = [
    [column("timestamp", [1.5, 2.5], "DOUBLE"), /'timestamp' of another type/],
    [column("payload_type", [1, 2], "INT32"), /'payload_type' of another type/],
    [column("value", [true, false], "BOOLEAN"), /'value' of another type/],
    [column("tags", ["[]", "[]"], "STRING"), /'tags' of another type than list of/],
  ];
  for (const [other, reason] of others) {
    const at = columns.findIndex(({ name }) => name === other.name);
    const read = () => layout(write(columns.with(at, other)));
    assert.throws(read, (error) => error instanceof NeedsImport && reason.test(error.message));
  }
  assert.throws(() => layout(write(columns.toSpliced(1, 2))), /has no column 'payload_type'/);
  const named = columns.with(1, { ...columns[1]!, name: "Payload_Type" });
  assert.throws(
    () => layout(write(named)),
    /'payload_type'; it has .* \(names are case-sensitive\)/,
  );
});

Deno.test("readLayout() says what is wrong with a file that is not parquet", () => {
  assert.throws(() => layout(new Uint8Array(0)), /is empty/);
  assert.throws(() => layout(new TextEncoder().encode("PAR1")), /is not a parquet file/);
  assert.throws(
    () => layout(new TextEncoder().encode("timestamp,value\n1,2\n")),
    /is not a parquet file/,
  );
  const bytes = dayFile([{ ...ROW, time: 1_720_828_800 }]);
  assert.throws(() => layout(bytes.slice(0, -1)), /does not end in PAR1/);
  const long = bytes.slice();
  new DataView(long.buffer).setUint32(long.length - 8, 2 ** 31, true);
  assert.throws(() => layout(long), /claims a footer of 2147483656 bytes/);
});
