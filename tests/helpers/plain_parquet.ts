/**
 * Writes small parquet files with given levels and values, as other writers than exporters do.
 *
 * @module
 */
import {
  ByteWriter,
  encodeChunk,
  encodeSchema,
  FileWriter,
  type SchemaElement,
  writeLevels,
  writeRun,
} from "../../lib/parquet/mod.ts";

/** A column as it is stored; a value is a text, a 64-bit integer, or the bytes of another type. */
export interface PlainColumn {
  /** Repetition levels and their number of bits; missing for a column that does not repeat. */
  repetition?: readonly [bits: number, levels: readonly number[]];
  /** Definition levels and their number of bits; missing for a column that is required. */
  definition?: readonly [bits: number, levels: readonly number[]];
  /** The values that are not null. */
  values: readonly (string | bigint | Uint8Array)[];
}

/** Writes a file of one row group, every column one page without a dictionary. */
export function writePlain(
  elements: readonly SchemaElement[],
  columns: readonly PlainColumn[],
  rows: number,
): Uint8Array<ArrayBuffer> {
  const file = new FileWriter("UNCOMPRESSED");
  file.begin(encodeSchema(elements));
  for (const { repetition, definition, values } of columns) {
    const page = new ByteWriter();
    for (const [bits, levels] of [repetition, definition].filter((some) => some !== undefined)) {
      writeLevels(page, () => levels.forEach((level) => writeRun(page, 1, level, bits)));
    }
    values.forEach((value) => putPlain(page, value));
    const numValues = (repetition ?? definition)?.[1].length ?? values.length;
    const pages = { data: page.getBytes(), numValues, nullCount: 0 };
    file.add(encodeChunk(pages, "UNCOMPRESSED"));
  }
  return file.end({ rows, createdBy: "test" }).slice();
}

function putPlain(out: ByteWriter, value: string | bigint | Uint8Array): void {
  if (typeof value === "bigint") out.appendInt64(value);
  else if (typeof value !== "string") out.appendBytes(value);
  else {
    const bytes = new TextEncoder().encode(value);
    out.appendUint32(bytes.length);
    out.appendBytes(bytes);
  }
}
