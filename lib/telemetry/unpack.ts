/**
 * The bytes of a text file, unpacked as its name says.
 *
 * @module
 */
import { createReadStream } from "node:fs";
import { createGunzip, createZstdDecompress } from "node:zlib";

const CHUNK = 1 << 20;

/**
 * Reads a file, and unpacks it if its name ends in `.gz` or `.zst`. The bytes are valid until the
 * next are asked for.
 *
 * @throws {Error} If it can't be read, or is not what its name says, or is cut short.
 */
export async function* unpack(path: string): AsyncGenerator<Uint8Array> {
  const [, ending] = /\.(gz|zst)$/i.exec(path) ?? [];
  if (ending === undefined) return yield* readWhole(path);
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const isGzip = ending.toLowerCase() === "gz";
  // Node's, since it also takes files of several members, as `cat a.gz b.gz` makes them.
  const unpacked = file.pipe(
    isGzip ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress({ chunkSize: CHUNK }),
  );
  let failure: Error | null = null;
  file.on("error", (error) => {
    failure = error;
    unpacked.destroy(error);
  });
  try {
    yield* unpacked;
    if (!isGzip) checkFrames(path);
  } catch (error) {
    if (failure !== null) throw failure;
    throw new Error(`is broken ${isGzip ? "gzip" : "zstd"}: ${(error as Error).message}`);
  } finally {
    file.destroy();
  }
}

/** Reads a file into one buffer, again and again: fresh ones would keep the collector busy. */
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
 * Walks over the frames of a zstd file (RFC 8878): Node's stream does not notice that the last one
 * is cut short.
 */
function checkFrames(path: string): void {
  using file = Deno.openSync(path);
  const { size } = file.statSync();
  const head = new Uint8Array(18);
  const view = new DataView(head.buffer);
  const look = (at: number) => {
    file.seekSync(at, Deno.SeekMode.Start);
    head.fill(0);
    file.readSync(head);
  };
  let at = 0;
  while (at < size) {
    look(at);
    if (view.getUint32(0, true) >>> 4 === 0x184d2a5) { // a skippable frame
      at += 8 + view.getUint32(4, true);
      continue;
    }
    const descriptor = head[4]!;
    const isSingle = (descriptor >> 5) & 1;
    const contentSize = [isSingle, 2, 4, 8][descriptor >> 6]!;
    at += 5 + (1 - isSingle) + [0, 1, 2, 4][descriptor & 3]! + contentSize;
    for (let isLast = false; !isLast;) {
      look(at);
      if (at + 3 > size) throw new Error("unexpected end of file");
      const block = view.getUint32(0, true) & 0xffffff;
      isLast = (block & 1) === 1;
      const isRepeated = ((block >> 1) & 3) === 1;
      at += 3 + (isRepeated ? 1 : block >> 3);
    }
    at += 4 * ((descriptor >> 2) & 1); // its checksum
  }
  if (at > size) throw new Error("unexpected end of file");
}
