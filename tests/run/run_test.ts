import assert from "node:assert/strict";
import { join } from "node:path";
import { assertSameTree, cli, dayFile, inFolder, JULY_13, put, tree } from "../helpers/support.ts";

/**
 * Builds three days, each of which has an input folder; returns where they are, what came of them,
 * and how to run again.
 */
async function buildDays(folder: string, ...first: string[]) {
  const [input, out] = [join(folder, "in"), join(folder, "out")];
  const run = (...options: string[]) =>
    cli("--input", input, "--output", out, "--quiet", ...options);
  for (const day of [0, 1, 2]) {
    const time = JULY_13 + day * 86_400;
    const tags: [string, string][] = [["phase", "1"], ["module", "1"]];
    const bytes = dayFile([{ time, payload: "volts", value: `${day}`, tags }]);
    put(join(input, `day ${day}`, "a.parquet"), bytes);
  }
  assert.deepEqual(await run(...first), { code: 0, stdout: "", stderr: "" });
  const before = tree(out);
  assert.equal(before.size, 3);
  return { input, out, run, before };
}

/** Replaces all inputs by another one; the next run must refuse to remove what was built. */
async function assertRefusesOther(
  folder: string,
  { input, out, run, before }: Awaited<ReturnType<typeof buildDays>>,
): Promise<void> {
  Deno.renameSync(join(input, "day 0"), join(folder, "day 0"));
  Deno.removeSync(input, { recursive: true });
  put(join(input, "other.parquet"), Deno.readFileSync(join(folder, "day 0", "a.parquet")));
  const { code, stderr } = await run();
  assert.equal(code, 2, stderr);
  assert.match(stderr, /has none of the 3 files/);
  assert.deepEqual(tree(out), before);
}

Deno.test("run() refuses if the inputs that another version recorded are gone", () =>
  inFolder(async (folder) => {
    const built = await buildDays(folder);
    const record = join(built.out, "_etl", "inputs.jsonl");
    const text = Deno.readTextFileSync(record);
    Deno.writeTextFileSync(record, text.replace(/"format":\d+/, '"format":1'));
    await assertRefusesOther(folder, built);
  }));

Deno.test("run() refuses if the inputs that only shards recorded are gone", () =>
  inFolder(async (folder) => {
    await assertRefusesOther(folder, await buildDays(folder, "--shard", "1/1"));
  }));

Deno.test("run() restores files of rejected rows that were deleted, and one of a day that was edited", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    const row = (value: string) => `1720828800,volts,${value},"{""phase"":1,""module"":1}"\n`;
    put(join(input, "a.csv"), `timestamp,payload_type,value,tags\n${row("1")}${row("x")}torn\n`);
    const read = () => tree(join(out, "_etl", "rejected"));
    const run = () => cli("--input", input, "--output", out, "--quiet");
    assert.equal((await run()).code, 0);
    const before = read();
    assert.equal(before.size, 2, "one of the day, one of the file");
    for (const name of before.keys()) {
      Deno.removeSync(join(out, "_etl", "rejected", name));
      assert.equal((await run()).code, 0);
      assert.deepEqual(read(), before);
    }
    const [day] = before.keys();
    Deno.writeTextFileSync(join(out, "_etl", "rejected", day!), "edited");
    assert.equal((await run()).code, 0);
    assert.deepEqual(read(), before);
  }));

Deno.test("run() keeps hour files without a record while an input can't be read", () =>
  inFolder(async (folder) => {
    const { input, out, run, before } = await buildDays(folder);
    Deno.removeSync(join(out, "_etl"), { recursive: true });
    Deno.removeSync(join(input, "day 2", "a.parquet"));
    Deno.symlinkSync("nowhere", join(input, "day 2", "a.parquet"));
    assert.equal((await run()).code, 1);
    assert.deepEqual(tree(out), before);
    Deno.removeSync(join(input, "day 2", "a.parquet"));
    assert.equal((await run()).code, 0);
    assert.equal(tree(out).size, 2);
  }));

Deno.test("run() refuses if all known inputs are gone; --force removes what was built from them", () =>
  inFolder(async (folder) => {
    const { input, out, run, before } = await buildDays(folder);
    const refused = async (message: RegExp, ...options: string[]) => {
      const { code, stderr } = await run(...options);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.deepEqual(tree(out), before);
    };
    Deno.renameSync(input, `${input} unmounted`);
    await refused(/--input .*in/);
    Deno.mkdirSync(input);
    await refused(/holds no day file/);
    Deno.copyFileSync(join(`${input} unmounted`, "day 1/a.parquet"), join(input, "b.parquet"));
    const message =
      /has none of the 3 files that --output .* was built from\. .* To add files, give all inputs/;
    await refused(message);
    await refused(message, "--shard", "1/1"); // which has no record of inputs yet
    Deno.removeSync(input, { recursive: true });
    Deno.renameSync(`${input} unmounted`, input);
    assert.equal((await run()).code, 0);
    await cli("--input", input, "--output", join(folder, "fresh"), "--quiet");
    assertSameTree(out, join(folder, "fresh"));
    Deno.removeSync(input, { recursive: true });
    Deno.mkdirSync(input);
    assert.equal((await run("--force")).code, 0);
    assert.equal(tree(out).size, 0);
  }));
