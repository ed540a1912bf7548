/**
 * A small columnar reader and writer for one dialect of parquet. It knows nothing of telemetry.
 *
 * hyparquet parses footers and page headers. It would decode columns to one value per row; here,
 * they are kept as codes. What the other parts gain over libraries is in docs/performance.md.
 *
 * @module
 */
export { ByteWriter } from "./byte_writer.ts";
export {
  type Bounds,
  encodeChunk,
  type EncodedChunk,
  writeDataPage,
  writeDictionaryPage,
  type WriterCodec,
} from "./chunk_writer.ts";
export { type Coded, readIntegers, readTexts } from "./columns.ts";
export { ConvertedType, Encoding, PhysicalType, Repetition } from "./enums.ts";
export { type Chunk, type Footer, type ReadBytes, readFooter, readFooterBytes } from "./footer.ts";
export {
  bitWidth,
  codesAt,
  Hybrid,
  readCodes,
  writeLevels,
  writePacked,
  writeRun,
} from "./hybrid.ts";
export { IntBuffer } from "./int_buffer.ts";
export { ListReader } from "./lists.ts";
export { openPages, type Page } from "./pages.ts";
export { PairMap } from "./pair_map.ts";
export { areEqual, type RowRuns, RunFinder, viewOf } from "./row_runs.ts";
export { checkColumns, type ColumnType } from "./schema.ts";
export { TextSet } from "./text_set.ts";
export { ThriftWriter } from "./thrift_writer.ts";
export { encodeSchema, FileWriter, type Schema, type SchemaElement } from "./writer.ts";
