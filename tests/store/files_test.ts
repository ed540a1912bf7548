import assert from "node:assert/strict";
import { join } from "node:path";
import {
  commitFiles,
  createNameLookup,
  listFolder,
  makeFolder,
  removeFiles,
  removeIfThere,
  replaceFile,
  stageFile,
} from "../../lib/store/files.ts";
import { identityOf, withChunks, withFile } from "../../lib/store/read.ts";
import { inFolder } from "../helpers/support.ts";

Deno.test("replaceFile() replaces a file atomically, and leaves it alone if nothing changes", () =>
  inFolder(async (folder) => {
    const [path, staging] = [join(folder, "b", "a"), join(folder, "staged")];
    await replaceFile(folder, "b/a", "ab", staging);
    Deno.utimeSync(path, 1, 1);
    await replaceFile(folder, "b/a", "ab", staging);
    assert.equal(Deno.statSync(path).mtime!.getTime(), 1000);
    await replaceFile(folder, "b/a", "ac", staging);
    assert.equal(Deno.readTextFileSync(path), "ac");
    assert.deepEqual(listFolder(staging), []);
    removeIfThere(path);
    removeIfThere(path);
    assert.deepEqual(listFolder(join(folder, "missing")), []);
  }));

Deno.test("stageFile() keeps files in the staging folder until commitFiles()", () =>
  inFolder(async (folder) => {
    const staging = join(folder, "staged");
    Deno.mkdirSync(staging);
    const stage = (name: string) => stageFile(staging, join(folder, name), Uint8Array.of(1), true)!;
    const staged = ["a", "b"].map(stage);
    assert.deepEqual(listFolder(folder).map(({ name }) => name), ["staged"]);
    await commitFiles(staged);
    assert.deepEqual(listFolder(folder).map(({ name }) => name).sort(), ["a", "b", "staged"]);
    assert.equal(stage("a"), null, "it has these bytes already");
  }));

Deno.test("replaceFile() names the path that it can't write", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    Deno.mkdirSync(join(path, "in the way"), { recursive: true });
    await assert.rejects(
      replaceFile(folder, "a", "a", join(folder, "staged")),
      (error: Error) => error.message.startsWith(`cannot write ${path}: `),
    );
  }));

Deno.test("makeFolder(), removeFiles() and replaceFile() follow no link", () =>
  inFolder(async (folder) => {
    const [out, other] = [join(folder, "out"), join(folder, "other")];
    Deno.mkdirSync(join(other, "2024"), { recursive: true });
    Deno.writeTextFileSync(join(other, "2024", "a"), "x");
    makeFolder(out, "1_1/2024");
    Deno.symlinkSync(other, join(out, "1_2"));
    assert.throws(() => makeFolder(out, "1_2/2024"), /out\/1_2 is a link: move it out of the way/);
    removeFiles(out, ["1_2/2024/a"]);
    assert.equal(Deno.readTextFileSync(join(other, "2024", "a")), "x");
    Deno.symlinkSync(join(other, "2024", "a"), join(out, "1_1", "2024", "a"));
    const staging = join(folder, "staged");
    await replaceFile(out, "1_1/2024/a", "a", staging);
    await assert.rejects(replaceFile(out, "1_2/a", "a", staging), /1_2 is a link/);
    assert.equal(Deno.readTextFileSync(join(other, "2024", "a")), "x");
    assert.ok(Deno.lstatSync(join(out, "1_1", "2024", "a")).isFile);
  }));

Deno.test("removeFiles() removes folders only when they are empty", () =>
  inFolder((folder) => {
    const names = ["m/2024/01/a", "m/2024/01/b", "m/2024/02/a"];
    for (const name of names) {
      makeFolder(folder, name.slice(0, -2));
      Deno.writeTextFileSync(join(folder, name), "x");
    }
    Deno.writeTextFileSync(join(folder, "m/2024/mine"), "x");
    removeFiles(folder, [names[0]!, names[2]!, "m/2025/never/was"]);
    const found = (name: string) => listFolder(join(folder, name)).map(({ name }) => name).sort();
    assert.deepEqual([found("m/2024"), found("m/2024/01")], [["01", "mine"], ["b"]]);
    removeFiles(folder, [names[1]!]);
    assert.deepEqual(found("m/2024"), ["mine"]);
  }));

Deno.test("identityOf() replaces a time that Date can't express by the epoch", () =>
  inFolder((folder) => {
    const path = join(folder, "a");
    Deno.writeTextFileSync(path, "x");
    const info = Deno.statSync(path);
    const { mtime, ctime, ino } = identityOf({ ...info, mtime: new Date(NaN), ctime: null });
    assert.deepEqual([mtime, ctime, ino], [0, 0, info.ino]);
  }));

Deno.test("withFile() and withChunks() read ranges, and withChunks() rejects a file that has changed", () =>
  inFolder((folder) => {
    const path = join(folder, "a");
    Deno.writeFileSync(path, Uint8Array.from({ length: 300_000 }, (_, i) => i));
    const chunk = { codec: "SNAPPY" as const, values: 1 };
    // More than the buffer for chunks has room for at first.
    const chunks = [{ ...chunk, offset: 90, size: 250_000 }, { ...chunk, offset: 2, size: 3 }];
    const source = { path, ...identityOf(Deno.statSync(path)) };
    withFile(path, (read) => {
      assert.deepEqual([...read(5, 2)], [5, 6]);
      assert.throws(() => read(299_999, 2), /ends before the bytes that it promises/);
    });
    const found = () => withChunks(source, (read) => read(chunks).map((bytes) => [...bytes]));
    const [a, b] = found();
    assert.deepEqual([a!.at(-1), b], [250_089 & 255, [2, 3, 4]]);
    Deno.writeFileSync(path, Uint8Array.of(1), { append: true });
    assert.throws(found, /changed during the run/);
  }));

Deno.test("createNameLookup() knows what there was in each folder when it was first asked", () =>
  inFolder((folder) => {
    makeFolder(folder, "m/01");
    Deno.writeTextFileSync(join(folder, "m/01/a"), "x");
    Deno.symlinkSync("nowhere", join(folder, "m/01/link"));
    const exists = createNameLookup(folder);
    const names = ["m/01/a", "m/01/b", "m/01/link", "m/02/a", "n/a", "m"];
    assert.deepEqual(names.map(exists), [true, false, true, false, false, true]);
  }));
