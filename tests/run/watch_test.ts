import assert from "node:assert/strict";
import { fingerprint, type InputFile } from "../../lib/store/mod.ts";
import { filesForRun } from "../../lib/run/watch.ts";

const file = (name: string, size: number): InputFile => ({
  name,
  path: name,
  size,
  mtime: 1,
  ctime: 1,
  ino: 1,
});
const prints = (...files: InputFile[]) =>
  new Map(files.map((file) => [file.name, fingerprint(file)]));
const names = (files: InputFile[] | null) => files?.map(({ name }) => name) ?? null;

Deno.test("filesForRun() returns a file that was the same at the previous search", () => {
  const [a, b, grown] = [file("a", 1), file("b", 1), file("b", 2)];
  assert.equal(filesForRun([a], prints(), prints()), null, "it was not there before");
  assert.deepEqual(names(filesForRun([a], prints(a), prints())), ["a"]);
  assert.deepEqual(
    filesForRun([a, grown], prints(a, b), prints()),
    [a, { ...grown, isGrowing: true }],
    "b is being written, but may be on record",
  );
  assert.equal(filesForRun([a, grown], prints(a, b), prints(a)), null, "there is nothing else");
  assert.deepEqual(names(filesForRun([a, b], prints(a, b), prints(a))), ["a", "b"]);
  assert.equal(filesForRun([a, b], prints(a, b), prints(a, b)), null);
});

Deno.test("filesForRun() waits for a used file that is changing, and notices one that is gone", () => {
  const [a, b, grown] = [file("a", 1), file("b", 1), file("b", 2)];
  assert.equal(filesForRun([a, grown], prints(a, b), prints(a, b)), null);
  assert.deepEqual(names(filesForRun([a, grown], prints(a, grown), prints(a, b))), ["a", "b"]);
  assert.deepEqual(names(filesForRun([a], prints(a), prints(a, b))), ["a"]);
  assert.equal(
    filesForRun([], prints(), prints(a, b)),
    null,
    "an input that has disappeared completely is not a reason to run",
  );
});
