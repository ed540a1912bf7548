import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArguments } from "../../lib/cli/mod.ts";
import { run } from "../../lib/run/mod.ts";
import { findInputs } from "../../lib/store/mod.ts";
import { dayFile, etl, inFolder, JULY_13, put, tree } from "../helpers/support.ts";

const file = (value: string) =>
  dayFile([{ time: JULY_13, payload: "volts", value, tags: [["phase", "1"], ["module", "1"]] }]);

/** Overwrites a file so that only its content differs, not its inode, size and times. */
function overwrite(path: string, bytes: Uint8Array): void {
  const { mtime, size } = Deno.statSync(path);
  assert.equal(size, bytes.length);
  using open = Deno.openSync(path, { write: true });
  open.writeSync(bytes);
  open.utimeSync(mtime!, mtime!);
}

Deno.test("a file that changes in the same second in which it was read is read again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "in", "a.parquet");
    // At the start of a second, so that both versions have the same ctime: Deno counts seconds.
    await new Promise((resolve) => setTimeout(resolve, 1000 - Date.now() % 1000));
    put(path, file("1"));
    assert.equal((await etl(folder)).code, 0);
    const first = tree(join(folder, "out"));
    const again = await etl(folder);
    assert.deepEqual([again.built, again.rows], [[], 0], "it has not changed");
    put(path, file("1"));
    assert.equal((await etl(folder)).code, 0);
    overwrite(path, file("2"));
    const { built } = await etl(folder);
    assert.match(built[0].reason, /changed input a.parquet/);
    assert.notDeepEqual(tree(join(folder, "out")), first);
    await new Promise((resolve) => setTimeout(resolve, 2100));
    for (const _ of [1, 2]) assert.deepEqual((await etl(folder)).built, [], "it has settled");
  }));

Deno.test("a file that is replaced by one of the same size and times is read again", () =>
  inFolder(async (folder) => {
    const path = join(folder, "in", "a.parquet");
    put(path, file("1"));
    assert.equal((await etl(folder)).code, 0);
    const { mtime } = Deno.statSync(path);
    const other = join(folder, "other");
    put(other, file("2"));
    Deno.utimeSync(other, mtime!, mtime!);
    Deno.renameSync(other, path);
    assert.equal((await etl(folder)).built.length, 1);
  }));

Deno.test("hour files that were touched or copied are built again only once", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), file("1"));
    assert.equal((await etl(folder)).code, 0);
    const before = tree(join(folder, "out"));
    for (const seconds of [0, 86_400]) {
      await new Promise((resolve) => setTimeout(resolve, 20)); // a tick of the file system's clock
      const time = new Date(Date.now() + seconds * 1000);
      for (const name of before.keys()) Deno.utimeSync(join(folder, "out", name), time, time);
      assert.equal((await etl(folder)).built.length, 1);
      assert.deepEqual((await etl(folder)).built, []);
      assert.deepEqual(tree(join(folder, "out")), before);
    }
  }));

Deno.test("an hour file that is edited in place is built again, even if its size is the same", () =>
  inFolder(async (folder) => {
    put(join(folder, "in", "a.parquet"), file("1"));
    assert.equal((await etl(folder)).code, 0);
    const [[name, bytes] = []] = tree(join(folder, "out"));
    const edited = bytes!.slice();
    edited[100]! ^= 1;
    await new Promise((resolve) => setTimeout(resolve, 20)); // a tick of the file system's clock
    Deno.writeFileSync(join(folder, "out", name!), edited);
    const { built } = await etl(folder);
    assert.equal(built[0].reason, `${name} is gone or changed`);
    assert.deepEqual(tree(join(folder, "out")).get(name!), bytes);
  }));

Deno.test("a run notices a signal between the footers that it reads", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    put(join(input, "a.parquet"), file("1"));
    const request = parseArguments(["--input", input, "--output", out]);
    assert.ok("options" in request);
    const found = { ...findInputs(input).files[0]!, ctime: 0 }; // not just written
    const files = Array.from({ length: 50_000 }, (_, i) => ({ ...found, name: `${i}.parquet` }));
    const stop = new AbortController();
    const abort = () => stop.abort();
    let read = 0;
    Deno.addSignalListener("SIGUSR2", abort);
    try {
      const running = run(
        request.options,
        (event) => {
          assert.ok(event.kind === "progress" && event.activity === "examine", event.kind);
          if (event.done === 1) Deno.kill(Deno.pid, "SIGUSR2");
          read = event.done;
        },
        stop.signal,
        { files, otherFiles: {} },
      );
      await assert.rejects(running, { name: "AbortError" });
    } finally {
      Deno.removeSignalListener("SIGUSR2", abort);
    }
    assert.ok(read > 0 && read < files.length, `${read} files`);
  }));
