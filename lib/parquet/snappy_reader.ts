/**
 * Snappy decompression, by the WebAssembly of hysnappy.
 *
 * The library's own function is not used. It copies each page into new memory; and when it grows its
 * memory for the first large page, the old buffer is detached, after which V8 checks every access to
 * a typed array. A run takes 10 to 13 % longer with it (see docs/performance.md).
 *
 * @module
 */
import { snappyUncompressor } from "hysnappy";

/** What hysnappy's WebAssembly offers. */
interface SnappyModule {
  memory: WebAssembly.Memory;
  /** Uncompresses from one address of the memory to another; returns 0 unless the bytes are broken. */
  uncompress(from: number, size: number, to: number): number;
}

/** The size of a page of WebAssembly memory. */
const MEMORY_PAGE = 1 << 16;
/** Pages of memory from the start, enough for parquet pages of some MB. */
const MEMORY_PAGES = 256;
/** Where the bytes to uncompress are put; the library's stack is before them. */
const INPUT = 68_000;

const { memory, uncompress } = instantiate();
memory.grow(MEMORY_PAGES);

/**
 * Instantiates the library's WebAssembly. The library does not export the instance, so it is
 * captured when it is created.
 */
function instantiate(): SnappyModule {
  const { Instance } = WebAssembly;
  const captured: Partial<SnappyModule> = {};
  WebAssembly.Instance = class extends Instance {
    constructor(module: WebAssembly.Module) {
      super(module);
      Object.assign(captured, this.exports);
    }
  };
  try {
    snappyUncompressor();
  } finally {
    WebAssembly.Instance = Instance;
  }
  const { memory, uncompress } = captured;
  if (memory === undefined || uncompress === undefined) {
    throw new Error("hysnappy has changed: its WebAssembly has no memory or no uncompress");
  }
  return { memory, uncompress };
}

/**
 * Uncompresses a page into the library's memory; the result is valid until the next call.
 *
 * @param size How many bytes the page must uncompress to.
 * @throws {Error} If it claims another size, or is broken.
 */
export function snappyUncompress(bytes: Uint8Array, size: number): Uint8Array {
  // The library unpacks as much as the bytes claim.
  if (claimOf(bytes) !== size) throw new Error(`claims a size other than ${size} bytes`);
  const at = INPUT + bytes.length;
  const missing = at + size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / MEMORY_PAGE));
  new Uint8Array(memory.buffer).set(bytes, INPUT);
  if (uncompress(INPUT, bytes.length, at) !== 0) throw new Error("is broken");
  return new Uint8Array(memory.buffer, at, size);
}

/** The size of the uncompressed bytes, which precedes the compressed ones as a varint. */
function claimOf(bytes: Uint8Array): number {
  let claim = 0;
  for (let i = 0; i < 5; i++) {
    claim += (bytes[i]! & 127) * 2 ** (7 * i);
    if (!(bytes[i]! > 127)) break;
  }
  return claim;
}
