import assert from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { csvParts } from "../../lib/telemetry/csv.ts";
import { inFolder } from "../helpers/support.ts";

async function parts(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const part of csvParts(path)) found.push(new TextDecoder().decode(part));
  return found;
}

Deno.test("a small file is one part, with or without a last newline", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.csv");
    for (const text of ["a,b\n1,2\n", "a,b\n1,2", 'a,b\n1,"x\ny"\n']) {
      Deno.writeTextFileSync(path, text);
      assert.deepEqual(await parts(path), [text]);
    }
    Deno.writeTextFileSync(path, "a,b\n");
    assert.deepEqual(await parts(path), ["a,b\n"]);
    Deno.writeTextFileSync(path, "");
    await assert.rejects(parts(path), /is empty/);
  }));

Deno.test("a large file comes in parts of whole records, packed or not", () =>
  inFolder(async (folder) => {
    const header = "timestamp,tags\n";
    // Records with newlines and quotes in them, 40 MB in all.
    const record = (i: number) => `${i},"[[""phase"",""${"x".repeat(i % 97)}\n,""]]"\n`;
    const records = Array.from({ length: 500_000 }, (_, i) => record(i));
    const text = header + records.join("");
    const [path, packed] = [join(folder, "a.csv"), join(folder, "a.csv.gz")];
    Deno.writeTextFileSync(path, text);
    Deno.writeFileSync(packed, gzipSync(text, { level: 1 }));
    for (const file of [path, packed]) {
      const found = await parts(file);
      assert.ok(found.length >= 2, "more than one part");
      for (const part of found) {
        assert.ok(part.startsWith(header) && part.endsWith(']]"\n'));
        assert.ok(part.length < 40e6);
      }
      const joined = header + found.map((part) => part.slice(header.length)).join("");
      assert.ok(joined === text, "nothing is lost between parts");
    }
  }));

Deno.test("a packed file may have several members, as cat makes them", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.csv.gz");
    const members = [gzipSync("a,b\n1,2\n"), gzipSync("3,4\n")];
    Deno.writeFileSync(path, Uint8Array.from(members.flatMap((member) => [...member])));
    assert.deepEqual(await parts(path), ["a,b\n1,2\n3,4\n"]);
  }));

Deno.test("a broken gzip file is an exception", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.csv.gz");
    const packed = gzipSync("a,b\n1,2\n".repeat(1000));
    for (
      const bytes of [packed.subarray(0, packed.length / 2), new TextEncoder().encode("a,b\n1,2\n")]
    ) {
      Deno.writeFileSync(path, bytes);
      await assert.rejects(parts(path), Error);
    }
  }));
