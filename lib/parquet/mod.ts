/**
 * A small columnar reader and writer for one dialect of parquet. It knows nothing of telemetry.
 *
 * @module
 */
export { ByteWriter } from "./byte_writer.ts";
export {
  bitWidth,
  type Bounds,
  type Codec,
  encodeChunk,
  type EncodedChunk,
  Encoding,
  writeDataPage,
  writeDictionaryPage,
  writeLevels,
  writeRun,
} from "./chunk_writer.ts";
export { type Coded, eachText, readIntegers, readTexts } from "./columns.ts";
export { type Chunk, type Footer, type ReadBytes, readFooter, type RowGroup } from "./footer.ts";
export { readCodes, readWidth } from "./hybrid.ts";
export { IntBuffer } from "./int_buffer.ts";
export { ListDictionary, type PairList } from "./list_dictionary.ts";
export { ListBuffers, readLists } from "./lists.ts";
export { checkPages, openPages, type Page, type PageBuffer } from "./pages.ts";
export { PairMap } from "./pair_map.ts";
export { areEqual, findRuns, RowRunBuffers, type RowRuns, viewOf } from "./row_runs.ts";
export type { ColumnType, TimestampUnit } from "./schema.ts";
export { TextSet } from "./text_set.ts";
export {
  encodeSchema,
  FileWriter,
  PhysicalType,
  Repetition,
  type SchemaElement,
} from "./writer.ts";
