/**
 * Reads the bytes of a text file, decompressed if its name says that it is compressed.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import type { Transform } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

const CHUNK = 1 << 20;

/**
 * Reads a file, and decompresses it if its name ends in `.gz` or `.zst`. Each chunk is valid until
 * the next one is requested.
 *
 * @throws {Error} If it can't be read, is not in the format that its name says, or is cut short.
 */
export async function* unpack(path: string): AsyncGenerator<Uint8Array> {
  const [, ending] = /\.(gz|zst)$/i.exec(path) ?? [];
  if (ending === undefined) return yield* readWhole(path);
  if (ending.toLowerCase() === "gz") {
    // Node's streams also accept files of several members, such as `cat a.gz b.gz` makes.
    return yield* unpackPart(path, {}, createGunzip({ chunkSize: CHUNK }), "gzip");
  }
  for (const part of framesOf(path)) {
    // Node's stream stops after one frame.
    yield* unpackPart(path, part, createZstdDecompress({ chunkSize: CHUNK }), "zstd");
  }
}

/** A part of a file, from its first byte to its last. */
interface Part {
  start?: number;
  end?: number;
}

async function* unpackPart(
  path: string,
  part: Part,
  unpacked: Transform,
  format: string,
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK, ...part });
  let failure: Error | null = null;
  file.on("error", (error) => {
    failure = error;
    unpacked.destroy(error);
  });
  try {
    yield* file.pipe(unpacked);
  } catch (error) {
    if (failure !== null) throw failure;
    throw new Error(`is broken ${format}: ${(error as Error).message}`);
  } finally {
    file.destroy();
  }
}

/** Reads a file chunk by chunk into the same buffer, to spare the garbage collector. */
function* readWhole(path: string): Generator<Uint8Array> {
  using file = Deno.openSync(path);
  const buffer = new Uint8Array(CHUNK);
  for (;;) {
    const count = file.readSync(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

/**
 * Finds the frames of a zstd file (RFC 8878). It has several if it was compressed in parallel, or
 * concatenated from other files.
 *
 * @throws {Error} If there is anything else between the frames, or the last one is cut short.
 */
function* framesOf(path: string): Generator<Part> {
  using file = Deno.openSync(path);
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
    const [start, magic] = [at, view.getUint32(0, true)];
    const isSkipped = magic >>> 4 === 0x184d2a5;
    if (isSkipped) at += 8 + view.getUint32(4, true);
    else if (magic !== 0xfd2fb528) throw new Error(`is broken zstd: no frame at byte ${at}`);
    else {
      const descriptor = head[4]!;
      const isSingle = (descriptor >> 5) & 1;
      const contentSize = [isSingle, 2, 4, 8][descriptor >> 6]!;
      at += 5 + (1 - isSingle) + [0, 1, 2, 4][descriptor & 3]! + contentSize;
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
    if (!isSkipped) yield { start, end: at - 1 };
  }
}
