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
  type Pages,
  writeDataPage,
  writeDictionaryPage,
  writeLevels,
  writeRun,
} from "./chunk_writer.ts";
export {
  areAllPresent,
  bitsOf,
  codeWidth,
  endOfHeader,
  findRuns,
  headerOf,
  readCodes,
  type Runs,
} from "./hybrid.ts";
export {
  type Arena,
  checkPages,
  Encoding as PageEncoding,
  isDictionary,
  type Nesting,
  openPages,
  type Page,
  SLACK,
} from "./pages.ts";
export { clearTexts, createTexts, textId, type Texts } from "./text_set.ts";
export {
  encodeSchema,
  FileWriter,
  PhysicalType,
  Repetition,
  type SchemaElement,
} from "./writer.ts";
