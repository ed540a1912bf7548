import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import { openPages } from "../../lib/parquet/pages.ts";
import { Unsupported } from "../../lib/errors.ts";
import { Encoding, writeDataPage, writeDictionaryPage } from "../../lib/parquet/chunk_writer.ts";

const chunkOf = (put: (out: ByteWriter) => void) => {
  const out = new ByteWriter();
  put(out);
  return out.getBytes().slice();
};
const open = (bytes: Uint8Array<ArrayBuffer>, values = 3) => {
  const chunk = { offset: 0, size: bytes.length, codec: "SNAPPY" as const, values };
  const arena = { bytes: new Uint8Array(0), at: 0 };
  return [...openPages(bytes, chunk, { repetition: 0, definition: 0 }, arena)];
};

Deno.test("a chunk of a dictionary and data pages is opened", () => {
  const [dictionary, data] = [Uint8Array.of(9, 8, 7), Uint8Array.of(1, 1, 1, 1, 1, 1, 1)];
  const more = Uint8Array.of(2, 3);
  const chunk = chunkOf((out) => {
    writeDictionaryPage(out, dictionary, 5, "snappy");
    writeDataPage(out, data, 2, Encoding.RLE_DICTIONARY, "snappy");
    writeDataPage(out, more, 1, Encoding.PLAIN, "snappy");
  });
  const pages = open(chunk).map((
    { dictionary, values, encoding },
  ) => [dictionary, values, encoding]);
  assert.deepEqual(pages, [[true, 5, 0], [false, 2, 8], [false, 1, 0]]);
  const found: Uint8Array[] = [];
  const size = { offset: 0, size: chunk.length, codec: "SNAPPY" as const, values: 3 };
  const arena = { bytes: new Uint8Array(0), at: 0 };
  for (const { bytes } of openPages(chunk, size, { repetition: 0, definition: 0 }, arena)) {
    found.push(bytes.slice());
  }
  assert.deepEqual(found, [dictionary, data, more]);
  assert.throws(() => open(chunk, 4), /3 values where the footer counts 4/);
  for (let end = 0; end < chunk.length; end++) {
    assert.throws(() => open(chunk.slice(0, end)), Error);
  }
  assert.throws(() => open(Uint8Array.of(...chunk, 0)), /bytes behind the last page/);
});

Deno.test("what the fast reader leaves to the other one is told from what is broken", () => {
  const header = (...fields: number[]) =>
    chunkOf((out) => {
      for (const value of fields) {
        out.appendUint8(0x15);
        out.appendVarInt(value * 2);
      }
      out.appendUint8(0);
    });
  assert.throws(() => open(header(7, 0, 0)), Unsupported, "a page of a type that there may be");
  assert.throws(() => open(header(0, 0, 0)), /a page of undefined values/);
  const page = Uint8Array.of(1, 2, 3);
  const late = chunkOf((out) => {
    writeDataPage(out, page, 3, Encoding.PLAIN, "snappy");
    writeDictionaryPage(out, page, 3, "snappy");
  });
  assert.throws(() => open(late), /a dictionary behind other pages/);
});

Deno.test("a page that claims to be larger than its bytes can hold is refused", () => {
  // A page header of type 2, 2^30 bytes uncompressed, 1 compressed.
  const bomb = chunkOf((out) => {
    for (const value of [2, 2 ** 30, 1]) {
      out.appendUint8(0x15);
      out.appendVarInt(value * 2);
    }
    out.appendVarInt(0);
    out.appendUint8(0);
  });
  assert.throws(() => open(bomb), /claims to hold 1073741824/);
});

/** A chunk of one page of version 2 without values: header fields as they stand in the format. */
function pageOf2(raw: number, levels: [definition: number, repetition: number]) {
  return chunkOf((out) => {
    const put = (...fields: [step: number, value: number][]) => {
      for (const [step, value] of fields) {
        out.appendUint8((step << 4) | 5);
        out.appendVarInt(value * 2);
      }
    };
    put([1, 3], [1, raw], [1, 2]);
    out.appendUint8(0x5c);
    put([1, 3], [1, 0], [1, 3], [1, 0], [1, levels[0]], [1, levels[1]]);
    out.appendUint8(0);
    out.appendUint8(0);
    out.appendUint8(0);
    out.appendUint8(0);
  });
}

Deno.test("levels that claim more than their page has are refused", () => {
  assert.equal(open(pageOf2(2, [1, 1])).length, 1);
  assert.throws(() => open(pageOf2(2, [2, 1])), /levels claim/);
  assert.throws(() => open(pageOf2(1, [1, 1])), /levels claim/);
  const arena = { bytes: new Uint8Array(0), at: 0 };
  const page = chunkOf((out) => writeDataPage(out, Uint8Array.of(9, 0, 0, 0, 1), 3, 0, "none"));
  const chunk = { offset: 0, size: page.length, codec: "UNCOMPRESSED" as const, values: 3 };
  const read = () => [...openPages(page, chunk, { repetition: 0, definition: 1 }, arena)];
  assert.throws(read, /levels claim 9 bytes/);
});

Deno.test("no codec unpacks more than its page should hold", () => {
  const zeros = new Uint8Array(1 << 20);
  const codecs = [["ZSTD", zstdCompressSync(zeros)], ["GZIP", gzipSync(zeros)]] as const;
  for (const [codec, packed] of codecs) {
    for (const claim of [100, zeros.length + 1, zeros.length]) {
      const page = chunkOf((out) => {
        for (const value of [0, claim, packed.length]) {
          out.appendUint8(0x15);
          out.appendVarInt(value * 2);
        }
        out.appendUint8(0x2c); // its header: 3 values, plain
        for (const value of [3, 0, 3, 3]) {
          out.appendUint8(0x15);
          out.appendVarInt(value * 2);
        }
        out.appendUint8(0);
        out.appendUint8(0);
        out.appendBytes(packed);
      });
      const chunk = { offset: 0, size: page.length, codec, values: 3 };
      const arena = { bytes: new Uint8Array(0), at: 0 };
      const read = () => [...openPages(page, chunk, { repetition: 0, definition: 0 }, arena)];
      if (claim === zeros.length) assert.equal(read()[0]!.bytes.length, zeros.length);
      else assert.throws(read, Error, `${codec} ${claim}`);
    }
  }
});
