import assert from "node:assert/strict";
import { formatOf } from "../../lib/telemetry/file_format.ts";

Deno.test("formatOf() goes by the ending, in upper or lower case; only text may be compressed", () => {
  const formats = ["a.PARQUET", "a.csv.gz", "a.Csv", "a.jsonl", "a.ndjson.ZST"].map(formatOf);
  assert.deepEqual(formats, ["parquet", "CSV", "CSV", "JSON lines", "JSON lines"]);
  const others = ["a.parquet.gz", "a.csv.bz2", "a.csv.gz.zst", "csv", "a.csv/b", "a.tsv", "a"];
  assert.deepEqual(others.map(formatOf), others.map(() => null));
});
