/**
 * A small columnar reader and writer for one dialect of parquet. It knows nothing of telemetry.
 *
 * @module
 */
export {
  putByte,
  putBytes,
  putFloat64,
  putInt64,
  putUint32,
  putVarint,
  reserve,
  type Sink,
  sink,
  written,
} from "./byte_writer.ts";
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
  bitWidth,
  type Codec,
  type Element,
  type EncodedChunk,
  Encoding,
  type FooterColumn,
  MAGIC,
  putDataPage,
  putDictionaryPage,
  putFooter,
  putRun,
  putSchema,
  putSized,
  Type,
} from "./writer.ts";
