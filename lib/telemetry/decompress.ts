/**
 * Reads files, decompressed if their name says that they are compressed.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import type { Transform } from "node:stream";
import { createGunzip, createZstdDecompress, zstdDecompressSync } from "node:zlib";
import { readAt } from "./read_at.ts";

const CHUNK = 1 << 20;
/** Frames this small are decompressed at once, without a stream, which takes time to set up. */
const SMALL_FRAME = 1 << 16, MAX_AT_ONCE = 1 << 24;

/**
 * Reads a file, and decompresses it if its name ends in `.gz` or `.zst`. Each chunk is valid until
 * the next one is requested.
 *
 * @throws {Error} If it can't be read, is not in the format that its name says, or is cut short.
 */
export async function* readDecompressed(path: string): AsyncGenerator<Uint8Array> {
  const [, ending] = /\.(gz|zst)$/i.exec(path) ?? [];
  if (ending === undefined) return yield* readChunks(path);
  if (ending.toLowerCase() === "gz") {
    // Node's stream also accepts several members, such as `cat a.gz b.gz` makes.
    return yield* decompressPart(path, {}, createGunzip({ chunkSize: CHUNK }), "gzip");
  }
  using file = Deno.openSync(path);
  for (const frame of framesOf(file)) {
    // Node's stream stops after one frame.
    const small = decompressSmall(file, frame);
    if (small !== null) yield small;
    else yield* decompressPart(path, frame, createZstdDecompress({ chunkSize: CHUNK }), "zstd");
  }
}

/** A part of a file. */
interface Part {
  /** Its first byte. */
  start: number;
  /** Its last byte. */
  end: number;
}

/** Decompresses a frame; returns null if it is not small, compressed as well as decompressed. */
function decompressSmall(file: Deno.FsFile, { start, end }: Part): Uint8Array | null {
  if (end - start >= SMALL_FRAME) return null;
  const bytes = readAt(file, start, new Uint8Array(end - start + 1));
  try {
    return zstdDecompressSync(bytes, { maxOutputLength: MAX_AT_ONCE });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") return null;
    throw new Error(`is broken zstd: ${(error as Error).message}`);
  }
}

async function* decompressPart(
  path: string,
  part: Partial<Part>,
  decompressor: Transform,
  format: string,
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK, ...part });
  let failure: Error | null = null;
  file.on("error", (error) => {
    failure = error;
    decompressor.destroy(error);
  });
  try {
    yield* file.pipe(decompressor);
  } catch (error) {
    if (failure !== null) throw failure;
    throw new Error(`is broken ${format}: ${(error as Error).message}`);
  } finally {
    file.destroy();
  }
}

/** Reads a file chunk by chunk, always into the same buffer, to spare the garbage collector. */
function* readChunks(path: string): Generator<Uint8Array> {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(CHUNK);
  for (;;) {
    const count = file.readSync(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

/**
 * Finds the frames of a zstd file (RFC 8878). It has several if it was compressed in parallel or
 * concatenated from other files.
 *
 * @throws {Error} If there is anything else between frames, or the last one is cut short.
 */
function* framesOf(file: Deno.FsFile): Generator<Part> {
  const { size } = file.statSync();
  const head = new Uint8Array(18);
  const view = new DataView(head.buffer);
  const look = (at: number) => {
    file.seekSync(at, Deno.SeekMode.Start);
    head.fill(0);
    file.readSync(head);
  };
  const isCut = () => new Error("is broken zstd: unexpected end of file");
  for (let at = 0; at < size;) {
    look(at);
    const start = at;
    const magic = view.getUint32(0, true);
    const isSkippable = magic >>> 4 === 0x184d2a5;
    if (isSkippable) at += 8 + view.getUint32(4, true);
    else if (magic !== 0xfd2fb528) throw new Error(`is broken zstd: no frame at byte ${at}`);
    else {
      const descriptor = head[4]!;
      const isSingleSegment = (descriptor >> 5) & 1;
      const contentSize = [isSingleSegment, 2, 4, 8][descriptor >> 6]!;
      at += 5 + (1 - isSingleSegment) + [0, 1, 2, 4][descriptor & 3]! + contentSize;
      for (let isLast = false; !isLast;) {
        if (at + 3 > size) throw isCut();
        look(at);
        const block = view.getUint32(0, true) & 0xffffff;
        isLast = (block & 1) === 1;
        const isRepeated = ((block >> 1) & 3) === 1;
        at += 3 + (isRepeated ? 1 : block >> 3);
      }
      at += 4 * ((descriptor >> 2) & 1); // its checksum
    }
    if (at > size) throw isCut();
    if (!isSkippable) yield { start, end: at - 1 };
  }
}
