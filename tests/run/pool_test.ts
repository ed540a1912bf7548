import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { RetryableError } from "../../lib/errors.ts";
import { RunEnded } from "../../lib/errors.ts";
import { Pool } from "../../lib/run/pool.ts";
import type { Task } from "../../lib/run/messages.ts";
import { inFolder, put } from "../helpers/support.ts";

const HEAD = "timestamp,payload_type,value,tags\n";

function task(folder: string, name: string): Task & { kind: "import" } {
  return {
    kind: "import",
    name,
    path: join(folder, name),
    stateFolder: join(folder, "own"),
    id: name,
    dryRun: false,
    threads: 1,
  };
}

/** The living worker processes of this process. */
function workers(): number[] {
  const threads = [...Deno.readDirSync("/proc/self/task")].map(({ name }) => name);
  const children = threads.flatMap((thread) => {
    try {
      return Deno.readTextFileSync(`/proc/self/task/${thread}/children`).split(" ").filter(Boolean);
    } catch {
      return []; // the thread has ended
    }
  });
  const isWorker = (pid: string) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes("worker.ts");
    } catch {
      return false; // the process has ended
    }
  };
  return children.filter(isWorker).map(Number);
}

Deno.test("Pool runs tasks in a limited number of processes, which end with the pool", () =>
  inFolder(async (folder) => {
    const pool = new Pool(2, { write: folder });
    const names = ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"];
    for (const name of names) put(join(folder, name), `${HEAD}2024-07-13,x,1,[]\n,x,1,[]\n`);
    const tasks = names.map((name) => pool.run(() => task(folder, name)));
    // A new process takes a moment to have its own command line.
    for (let i = 0; workers().length < 2 && i < 1000; i++) await setTimeout(5);
    assert.equal(workers().length, 2);
    const answers = await Promise.all(tasks);
    for (const { sources, rejected } of answers) {
      assert.deepEqual([sources.length, Object.values(rejected)], [1, [1]]);
    }
    assert.ok(pool.peak() > 50e6);
    await pool.close();
    assert.equal(workers().length, 0);
  }));

Deno.test("Pool rejects a task that fails with its reason, and runs the next one", () =>
  inFolder(async (folder) => {
    const pool = new Pool(1, { write: folder });
    put(join(folder, "bad.csv"), "a,b\n");
    put(join(folder, "good.csv"), HEAD);
    const [bad, good] = ["bad.csv", "good.csv"].map((name) => pool.run(() => task(folder, name)));
    await assert.rejects(bad!, /has no column 'timestamp'/);
    assert.deepEqual((await good!).sources, []);
    await pool.close();
  }));

Deno.test("Pool tries a task whose process is killed once more, and then rejects it", () =>
  inFolder(async (folder) => {
    const lines = `2024-07-13,x,1,[]\n`.repeat(300_000);
    put(join(folder, "a.csv"), HEAD + lines);
    put(join(folder, "b.csv"), HEAD);
    for (const times of [1, 2]) {
      const pool = new Pool(1, { write: folder });
      const first = pool.run(() => task(folder, "a.csv"));
      const killed = new Set<number>();
      const timer = setInterval(() => {
        for (const pid of workers()) {
          if (killed.size < times && !killed.has(pid)) {
            Deno.kill(pid, "SIGKILL");
            killed.add(pid);
          }
        }
      }, 30);
      if (times === 1) {
        const { sources } = await first;
        assert.equal(sources.reduce((sum, { layout }) => sum + layout.rows, 0), 300_000);
      } else {
        await assert.rejects(
          first,
          (error) =>
            error instanceof RetryableError &&
            error.message ===
              "a worker process died (SIGKILL) while importing a.csv, twice: " +
                "if memory ran out, try --jobs 1",
        );
      }
      clearInterval(timer);
      assert.deepEqual((await pool.run(() => task(folder, "b.csv"))).sources, []);
      await pool.close();
      await assert.rejects(pool.run(() => task(folder, "b.csv")), RunEnded);
    }
  }));

Deno.test("Pool kills a process whose native code takes too much memory", () =>
  inFolder(async (folder) => {
    // Distinct values, because equal ones are kept once.
    const lines = Array.from({ length: 300_000 }, (_, i) => `2024-07-13,x,${i},[]\n`);
    put(join(folder, "a.csv"), HEAD + lines.join(""));
    const small = new Pool(1, { write: folder, maxMemory: 0.12e9 });
    await assert.rejects(
      small.run(() => task(folder, "a.csv")),
      (error) =>
        !(error instanceof RetryableError) &&
        /took more than 0.12 GB .*: split the file$/.test(String(error)),
    );
    await small.close();
  }));
