import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { readDecompressed } from "../../lib/telemetry/decompress.ts";
import { inFolder, put } from "../helpers/support.ts";

async function read(path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of readDecompressed(path)) chunks.push(chunk.slice());
  return Buffer.concat(chunks).toString();
}

/** A frame of zstd that decoders skip. */
const SKIPPABLE = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2);

Deno.test("readDecompressed() reads plain files, members of gzip and frames of zstd", () =>
  inFolder(async (folder) => {
    const [short, long] = ["a,b\n", "x".repeat(3e6)];
    const files = {
      "a.csv": Buffer.from(short + long),
      "a.csv.gz": Buffer.concat([gzipSync(short), gzipSync(long)]),
      "A.CSV.ZST": Buffer.concat([zstdCompressSync(short), SKIPPABLE, zstdCompressSync(long)]),
    };
    for (const [name, bytes] of Object.entries(files)) {
      put(join(folder, name), bytes);
      assert.equal(await read(join(folder, name)), short + long, name);
    }
    put(join(folder, "none.zst"), "");
    assert.equal(await read(join(folder, "none.zst")), "");
  }));

Deno.test("readDecompressed() names what is wrong with a zstd file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.zst");
    const frame = zstdCompressSync("a,b\n");
    const broken = {
      "is broken zstd: no frame at byte 0": Buffer.from("a,b\n"),
      [`is broken zstd: no frame at byte ${frame.length}`]: Buffer.concat([
        frame,
        frame.subarray(1),
      ]),
      "is broken zstd: unexpected end of file": frame.subarray(0, -1),
    };
    for (const [message, bytes] of Object.entries(broken)) {
      put(path, bytes);
      await assert.rejects(read(path), { message });
    }
  }));
