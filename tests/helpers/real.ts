/**
 * Reads day files with hyparquet's own reader, which shares little code with ours.
 *
 * @module
 */
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { Row } from "./oracle.ts";

/** All rows of a day file. */
export async function readReal(path: string): Promise<Row[]> {
  const columns = ["timestamp", "payload_type", "value", "tags"];
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path), columns });
  return rows.map(({ timestamp, payload_type: payload, value, tags }) => ({
    time: Number(timestamp),
    payload,
    value,
    tags,
  }));
}
