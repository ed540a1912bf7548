import assert from "node:assert/strict";
import { type FileMetaData, parquetMetadata } from "hyparquet";
import { join } from "node:path";
import { makeHistory, moveFile } from "../../bench/history.ts";
import { readReal } from "../helpers/real.ts";
import { exists, inFolder, put, ROOT, TELEMETRY, tree } from "../helpers/support.ts";

const DAY = 86_400;
const SAMPLE = join(ROOT, "data", "2024", "07", "01");
const REAL = join(TELEMETRY, "2024", "08", "05");

/** The first file of each kind: of the sample, and of real telemetry where there is some. */
const files = [SAMPLE, REAL].filter(exists).map((folder) => {
  const [name] = tree(folder).keys();
  return join(folder, name!);
});

/** A footer, its first column, and the bytes of all pages but the first. */
function partsOf(path: string) {
  const bytes = Deno.readFileSync(path);
  const footer: FileMetaData = parquetMetadata(bytes.buffer);
  const times = footer.row_groups[0]!.columns[0]!.meta_data!;
  const end = bytes.length - footer.metadata_length - 8;
  return { footer, times, pages: bytes.subarray(Number(times.data_page_offset), end) };
}

Deno.test("moveFile() moves the timestamps and copies all other pages", () =>
  inFolder(async (folder) => {
    for (const [i, path] of files.entries()) {
      const moved = join(folder, `${i}.parquet`);
      put(moved, moveFile(Deno.readFileSync(path), 3 * DAY));
      const rows = await readReal(path);
      const expected = rows.map((row) => ({ ...row, time: row.time + 3 * DAY }));
      assert.deepEqual(await readReal(moved), expected);
      const [old, now] = [partsOf(path), partsOf(moved)];
      assert.deepEqual(now.pages, old.pages);
      const rest = { metadata_length: 0, row_groups: [] };
      assert.deepEqual({ ...now.footer, ...rest }, { ...old.footer, ...rest });
      const { min_value, max_value } = old.times.statistics!;
      assert.equal(now.times.statistics!.min_value, (min_value as bigint) + BigInt(3 * DAY));
      assert.equal(now.times.statistics!.max_value, (max_value as bigint) + BigInt(3 * DAY));
    }
  }));

Deno.test("moveFile() refuses a file whose timestamps are not the first column", () => {
  const bytes = Deno.readFileSync(files[0]!);
  const name = new TextEncoder().encode("timestamp");
  const at = bytes.findLastIndex((_, i) => name.every((byte, k) => bytes[i + k] === byte));
  bytes[at] = 120;
  assert.throws(() => moveFile(bytes, 0), /not in the exporters' dialect/);
});

Deno.test("makeHistory() repeats day folders, and names files after their new days", () =>
  inFolder((folder) => {
    const days = [SAMPLE, join(ROOT, "data", "2024", "07", "02")];
    const from = Date.parse("2024-12-31T00:00:00Z") / 1000 / DAY;
    const { files, bytes } = makeHistory(days, from, 3, folder);
    const made = tree(folder);
    const [some, others] = days.map((day) => tree(day).size);
    assert.equal(files, made.size);
    assert.equal(files, 2 * some! + others!);
    assert.equal(bytes, [...made.values()].reduce((sum, { length }) => sum + length, 0));
    const names = [...made.keys()].map((path) => path.replace(/-\d\d-\d\d-\d\d\.parquet$/, ""));
    assert.deepEqual([...new Set(names)], [
      "2024/12/31/telemetry-sample-2024-12-31",
      "2025/01/01/telemetry-sample-2025-01-01",
      "2025/01/02/telemetry-sample-2025-01-02",
    ]);
  }));
