import assert from "node:assert/strict";
import { join } from "node:path";
import { readChunks, removeIfThere, replaceFile, withFile } from "../lib/files.ts";
import { inFolder } from "./support.ts";

Deno.test("a file is replaced whole, and left alone if nothing changes", () =>
  inFolder((folder) => {
    const path = join(folder, "new", "folder", "a");
    assert.equal(replaceFile(path, Uint8Array.of(1, 2)), true);
    Deno.utimeSync(path, 1, 1);
    assert.equal(replaceFile(path, Uint8Array.of(1, 2)), false);
    assert.equal(Deno.statSync(path).mtime!.getTime(), 1000);
    assert.equal(replaceFile(path, Uint8Array.of(1, 3)), true);
    assert.deepEqual([...Deno.readFileSync(path)], [1, 3]);
    assert.deepEqual([...Deno.readDirSync(join(folder, "new", "folder"))].length, 1);
    removeIfThere(path);
    removeIfThere(path);
  }));

Deno.test("what can't be written leaves nothing behind", () =>
  inFolder((folder) => {
    const path = join(folder, "a");
    Deno.mkdirSync(join(path, "in the way"), { recursive: true });
    assert.throws(() => replaceFile(path, Uint8Array.of(1)));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["a"]);
  }));

Deno.test("ranges are read from the file that was looked at", () =>
  inFolder((folder) => {
    const path = join(folder, "a");
    Deno.writeFileSync(path, Uint8Array.from({ length: 100 }, (_, i) => i));
    const chunk = { codec: "SNAPPY" as const, values: 1, levels: true };
    const chunks = [{ ...chunk, offset: 90, size: 10 }, { ...chunk, offset: 2, size: 3 }];
    const room = { bytes: new Uint8Array(1) };
    const identity = withFile(path, (read, identity) => {
      assert.deepEqual([...read(5, 2)], [5, 6]);
      assert.throws(() => read(99, 2), /ends before the bytes that it promises/);
      return identity;
    });
    const [a, b] = readChunks(path, chunks, identity, room);
    assert.deepEqual([[...a!].at(-1), [...b!]], [99, [2, 3, 4]]);
    Deno.writeFileSync(path, Uint8Array.of(1), { append: true });
    assert.throws(() => readChunks(path, chunks, identity, room), /changed while the run was on/);
  }));
