import assert from "node:assert/strict";
import { join } from "node:path";
import { parseArguments } from "../../lib/cli/mod.ts";
import { run } from "../../lib/run/mod.ts";
import {
  cli,
  cliAsUser,
  etl,
  exists,
  inFolder,
  put,
  readHour,
  ROOT,
  tree,
} from "../helpers/support.ts";
import { assertRecovers, assertWhole, putFiles, rowsOf, start, TOOL } from "./support.ts";

async function sh(script: string): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("bash", { args: ["-c", script] })
    .output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** Mounts a small file system for a test; says why if that is not possible. */
async function mounted(folder: string, options: string, test: () => Promise<void>): Promise<void> {
  Deno.mkdirSync(folder, { recursive: true });
  const { code, text } = await sh(`mount -t tmpfs -o ${options} tmpfs ${folder}`);
  assert.equal(code, 0, `mount: ${text}`);
  try {
    await test();
  } finally {
    await sh(`umount ${folder}`);
  }
}

Deno.test("a full disk affects only the days without room, and the next run builds them", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(3), 3);
    await mounted(out, "size=150k", async () => {
      const { code, stderr } = await cli(
        "--input",
        input,
        "--output",
        out,
        "--quiet",
        "--jobs",
        "1",
      );
      assert.equal(code, 1);
      assert.match(
        stderr,
        /2024-07-1\d: could not be built: cannot write .*out\/.*: No space left on device/,
      );
      await assertWhole(out);
      await sh(`mount -o remount,size=100m ${out}`);
      await assertRecovers(input, out);
    });
  }));

Deno.test("a limit on file size is handled like a full disk", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    const paths = `--input ${input} --output ${out} --quiet`;
    const { code, text } = await sh(`trap '' XFSZ; ulimit -f 4; ${TOOL} ${paths}`);
    assert.equal(code, 1);
    assert.match(text, /2024-07-13: could not be built: .*(too large|cut short)/i);
    await assertWhole(out);
    await assertRecovers(input, out);
  }));

Deno.test("a read-only output is named, and nothing is changed", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(1), 1);
    await mounted(out, "size=1m,ro", async () => {
      const { code, stderr } = await cli("--input", input, "--output", out, "--quiet");
      assert.equal(code, 2);
      assert.match(stderr, /hourgrid: --output .* can't be written: Read-only file system/);
      assert.deepEqual([...Deno.readDirSync(out)], []);
    });
  }));

Deno.test("a folder of the output without permission affects only its days", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(2), 2);
    assert.equal((await cli("--input", input, "--output", out, "--quiet")).code, 0);
    putFiles(input, rowsOf(2, 5), 2);
    const closed = join(out, "1_2/2024/07/13");
    Deno.chmodSync(closed, 0o500);
    const { code, stderr } = await cliAsUser("--input", input, "--output", out, "--quiet");
    assert.equal(code, 1);
    assert.match(stderr, /2024-07-13: could not be built: .*[Pp]ermission denied/);
    assert.ok(!stderr.includes("2024-07-14"), "the other day is built");
    await assertWhole(out);
    Deno.chmodSync(closed, 0o755);
    await assertRecovers(input, out);
  }));

/** The workers of a run. */
function workersOf(pid: number): number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).split(" ").filter(Boolean).map(
        Number,
      )
    );
  } catch {
    return [];
  }
}

for (const [times, code] of [[1, 0], [Infinity, 1]] as const) {
  const what = times === 1 ? "once is given another try" : "again and again is reported";
  Deno.test(`a day whose worker is killed by the system ${what}`, () =>
    inFolder(async (folder) => {
      const [input, out] = [join(folder, "in"), join(folder, "out")];
      putFiles(input, rowsOf(2), 2);
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          join(ROOT, "solution.ts"),
          "--input",
          input,
          "--output",
          out,
          "--jobs",
          "1",
        ],
        stdout: "null",
        stderr: "piped",
        // The worker stops after it has written a file, and is then killed.
        ...(times === Infinity && { env: { HOURGRID_HALT: "file staged" } }),
      }).spawn();
      const killed = new Set<number>();
      const timer = setInterval(() => {
        for (const worker of workersOf(child.pid)) {
          if (killed.has(worker) || killed.size >= times) continue;
          killed.add(worker);
          try {
            Deno.kill(worker, "SIGKILL");
          } catch { /* it has ended */ }
        }
      }, 20);
      const { code: status, stderr } = await child.output();
      clearInterval(timer);
      const text = new TextDecoder().decode(stderr);
      assert.equal(status, code, text);
      assert.ok(killed.size >= 1);
      if (code === 1) {
        assert.match(
          text,
          /could not be built: a worker process died \(SIGKILL\) while building 2024-07-13 with --writer fast, twice/,
        );
      }
      await assertRecovers(input, out);
    }));
}

Deno.test("an input that disappears after planning is named, and everything else is built", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(2), 4);
    const request = parseArguments(["--input", input, "--output", out]);
    assert.ok("options" in request);
    const { summary: { problems } } = await run(request.options, (event) => {
      if (event.kind === "plan") Deno.removeSync(join(input, "1.parquet"));
    });
    assert.deepEqual(problems, [{ name: "1.parquet", reason: "is gone, or a link to nowhere" }]);
    await assertRecovers(input, out);
  }));

Deno.test("a second run is refused, and names the process of the first; a killed run leaves no lock", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(2), 2);
    const paths = ["--input", input, "--output", out];
    const group = start(paths, "planned");
    await group.says("halted");
    for (const args of [paths, [...paths, "--shard", "1/2"]]) {
      const { code, stdout, stderr } = await cli(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(
        stderr,
        new RegExp(`--output .* is being written by process ${group.child.pid}:`),
      );
    }
    assert.equal((await cli(...paths, "--dry-run")).code, 0, "looking is allowed");
    await group.kill();
    await assertRecovers(input, out);
  }));

Deno.test("shards share an output, and a final run of all days completes it", () =>
  inFolder(async (folder) => {
    const [input, out] = [join(folder, "in"), join(folder, "out")];
    putFiles(input, rowsOf(4), 5);
    put(
      join(input, "late.csv"),
      "timestamp,payload_type,value,tags\n2024-07-16T23:00:00Z,late,1,\n2024-07-16T23:00:00Z,late,1,[]\n",
    );
    // A day is built again if its file changed less than two seconds before it was read.
    await new Promise((resolve) => setTimeout(resolve, 2100));
    const paths = ["--input", input, "--output", out];
    const group = start([...paths, "--shard", "1/3"], "planned");
    await group.says("halted");
    const whole = await cli(...paths);
    assert.equal(whole.code, 2);
    assert.match(whole.stderr, new RegExp(`process ${group.child.pid}:`));
    const same = await cli(...paths, "--shard", "1/3");
    assert.equal(same.code, 2);
    const others = await Promise.all(
      [2, 3].map((i) => cli(...paths, "--quiet", "--shard", `${i}/3`)),
    );
    assert.deepEqual(others.map(({ code }) => code), [0, 0]);
    await group.kill();
    assert.equal((await cli(...paths, "--quiet", "--shard", "1/3")).code, 0);
    assert.equal(
      new Set([...tree(out).keys()].map((name) => name.slice(4, 14))).size,
      4,
      "all days are there",
    );
    const { built, onRecord: { rejected, rows } } = await etl(folder);
    assert.ok(
      built.length >= 1 && built.length <= 3,
      "only the days that knew nothing of the late signal",
    );
    assert.deepEqual([rejected, rows], [{ "a row without tags": 1 }, rowsOf(4).length + 2]);
    assert.equal(exists(join(out, "_etl", "shards")), false);
    await assertRecovers(input, out);
    const table = await readHour(join(out, "1_1/2024/07/13/00.parquet"));
    assert.ok(table.has("late"));
  }));
