/**
 * The enums of parquet.thrift, as far as they are used here.
 *
 * @module
 */

/** The physical types of columns. */
export const PhysicalType = {
  INT64: 2,
  INT96: 3,
  DOUBLE: 5,
  BYTE_ARRAY: 6,
  FIXED_LEN_BYTE_ARRAY: 7,
} as const;

/** What the values of a column mean. */
export const ConvertedType = {
  UTF8: 0,
  LIST: 3,
  DECIMAL: 5,
  TIMESTAMP_MILLIS: 9,
  TIMESTAMP_MICROS: 10,
} as const;

/** How often an element of a schema may occur in its parent. */
export const Repetition = { REQUIRED: 0, OPTIONAL: 1, REPEATED: 2 } as const;

/** The encodings of values and levels. */
export const Encoding = { PLAIN: 0, PLAIN_DICTIONARY: 2, RLE: 3, RLE_DICTIONARY: 8 } as const;

/** The codecs that are written. */
export const CompressionCodec = { UNCOMPRESSED: 0, SNAPPY: 1, ZSTD: 6 } as const;

/** The types of pages. */
export const PageType = { DATA_PAGE: 0, INDEX_PAGE: 1, DICTIONARY_PAGE: 2 } as const;
