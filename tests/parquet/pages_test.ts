import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { ByteWriter } from "../../lib/parquet/byte_writer.ts";
import type { Codec } from "../../lib/parquet/footer.ts";
import { openPages } from "../../lib/parquet/pages.ts";
import { NeedsImport } from "../../lib/errors.ts";
import { writeDataPage, writeDictionaryPage } from "../../lib/parquet/chunk_writer.ts";
import { Encoding } from "../../lib/parquet/enums.ts";

const chunkOf = (put: (out: ByteWriter) => void) => {
  const out = new ByteWriter();
  put(out);
  return out.getBytes().slice();
};
const chunk = (size: number, values: number, codec: Codec = "SNAPPY", maxDefinitionLevel = 0) => ({
  offset: 100,
  size,
  codec,
  values,
  maxDefinitionLevel,
  maxRepetitionLevel: 0,
});
const open = (
  bytes: Uint8Array<ArrayBuffer>,
  values = 3,
  codec?: Codec,
  level?: number,
) => [...openPages(bytes, chunk(bytes.length, values, codec, level))];
type Bytes = Uint8Array<ArrayBuffer>;
/** A page header that consists of integers, whose field ids count up from 1. */
const header = (...fields: number[]) =>
  chunkOf((out) => {
    for (const value of fields) {
      out.appendUint8(0x15);
      out.appendVarInt(value * 2);
    }
    out.appendUint8(0);
  });

Deno.test("openPages() opens a dictionary page and data pages, one after the other", () => {
  const pages = [[9, 8, 7], [1, 1, 1, 1, 1, 1, 1], [2, 3]].map((bytes) => Uint8Array.from(bytes));
  const [dictionary, data, more] = pages as [Bytes, Bytes, Bytes];
  const bytes = chunkOf((out) => {
    writeDictionaryPage(out, dictionary, 5, "SNAPPY");
    writeDataPage(out, data, 2, Encoding.RLE_DICTIONARY, "SNAPPY");
    writeDataPage(out, more, 1, Encoding.PLAIN, "SNAPPY");
  });
  const found = [];
  for (const page of openPages(bytes, chunk(bytes.length, 3))) {
    found.push([page.content, page.values, [...page.bytes]]);
  }
  assert.deepEqual(found, [["dictionary", 5, [...dictionary]], ["codes", 2, [...data]], [
    "plain",
    1,
    [...more],
  ]]);
  assert.throws(() => open(bytes, 4), /3 values where the footer counts 4/);
  for (let end = 0; end < bytes.length; end++) {
    assert.throws(() => open(bytes.slice(0, end)), Error);
  }
  assert.throws(() => open(Uint8Array.of(...bytes, 0)), /is broken at byte \d+: no page header/);
});

Deno.test("openPages() names the byte at which no page header can be read", () => {
  for (const bytes of [[0x1c], [0x15, 0x80], [0x19, 0xfc], [0x1d, 1]]) {
    assert.throws(() => open(Uint8Array.from(bytes)), /^Error: is broken at byte 100: no page/);
  }
});

const DELTA_BINARY_PACKED = 5;

Deno.test("openPages() throws NeedsImport for unusual pages, and Error for broken ones", () => {
  assert.throws(() => open(header(3, 0, 0)), NeedsImport, "a page of version 2");
  assert.throws(() => open(header(7, 0, 0)), NeedsImport, "a page of an unknown type");
  assert.throws(
    () => open(header(0, 0, 0)),
    /broken at byte 100/,
    "a data page without its own header",
  );
  assert.throws(
    () => open(header(2, 0, 0)),
    /broken at byte 100/,
    "a dictionary page without its own header",
  );
  const page = Uint8Array.of(1, 2, 3);
  const delta = chunkOf((out) => writeDataPage(out, page, 3, DELTA_BINARY_PACKED, "SNAPPY"));
  assert.throws(() => open(delta), NeedsImport, "values in another encoding");
  const late = chunkOf((out) => {
    writeDataPage(out, page, 3, Encoding.PLAIN, "SNAPPY");
    writeDictionaryPage(out, page, 3, "SNAPPY");
  });
  assert.throws(() => open(late), /a dictionary page after other pages/);
});

Deno.test("openPages() rejects a page that claims more bytes than its size can hold", () => {
  assert.throws(() => open(header(7, 2 ** 30, 0)), /claims to hold 1073741824/);
  assert.throws(() => open(header(7, 1, 5)), /claims 5 bytes, 0 are left/);
  const large = chunkOf((out) => out.appendBytes(header(7, 2 ** 27 + 1, 0)));
  assert.throws(() => open(large, 3, "GZIP"), NeedsImport, "a page of more than 128 MB");
});

Deno.test("openPages() rejects a page whose checksum is wrong, and names the byte", () => {
  const bytes = chunkOf((out) => {
    writeDataPage(out, Uint8Array.of(1, 2, 3), 3, Encoding.PLAIN, "UNCOMPRESSED");
  });
  bytes[bytes.length - 1]! ^= 1;
  assert.throws(() => open(bytes, 3, "UNCOMPRESSED"), /checksum is wrong, at byte \d+/);
});

Deno.test("openPages() rejects levels that claim more than their page has", () => {
  const page = chunkOf((out) =>
    writeDataPage(out, Uint8Array.of(9, 0, 0, 0, 1), 3, 0, "UNCOMPRESSED")
  );
  assert.throws(() => open(page, 3, "UNCOMPRESSED", 1), /levels claim 9 bytes/);
  const short = chunkOf((out) => writeDataPage(out, Uint8Array.of(9, 0), 3, 0, "UNCOMPRESSED"));
  assert.throws(() => open(short, 3, "UNCOMPRESSED", 1), /a page ends within its levels/);
});

Deno.test("openPages() rejects bytes that can't be uncompressed, naming the codec", () => {
  for (const codec of ["GZIP", "ZSTD", "SNAPPY"] as const) {
    const garbage = Uint8Array.of(3, 255, 255, 255);
    const bytes = chunkOf((out) => {
      for (const value of [0, 3, garbage.length]) {
        out.appendUint8(0x15);
        out.appendVarInt(value * 2);
      }
      out.appendUint8(0x2c);
      for (const value of [3, 0, 3, 3]) {
        out.appendUint8(0x15);
        out.appendVarInt(value * 2);
      }
      out.appendUint8(0);
      out.appendUint8(0);
      out.appendBytes(garbage);
    });
    const wanted = new RegExp(`a page that ${codec.toLowerCase()} can't uncompress`);
    assert.throws(() => open(bytes, 3, codec), wanted);
  }
});

Deno.test("openPages() stops uncompressing at the size that a page claims", () => {
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
      const read = () => open(page, 3, codec);
      if (claim === zeros.length) assert.equal(read()[0]!.bytes.length, zeros.length);
      else assert.throws(read, Error, `${codec} ${claim}`);
    }
  }
});

Deno.test("openPages() uncompresses 8 MB without growing WebAssembly memory, which slows down V8", () => {
  const { grow } = WebAssembly.Memory.prototype;
  const grown: number[] = [];
  WebAssembly.Memory.prototype.grow = function (pages) {
    grown.push(pages);
    return grow.call(this, pages);
  };
  try {
    const page = Uint8Array.from({ length: 8e6 }, (_, i) => i >> 8);
    const [found] = open(chunkOf((out) => writeDataPage(out, page, 3, Encoding.PLAIN, "SNAPPY")));
    assert.deepEqual(found!.bytes, page);
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
  }
  assert.deepEqual(grown, []);
  // The class is changed only while the library is instantiated.
  assert.match(String(WebAssembly.Instance), /native code/);
});
