import assert from "node:assert/strict";
import { join } from "node:path";
import { commitDay, CommitQueue, refuseForeignFiles, removeDay } from "../../lib/run/commit.ts";
import { RunEnded } from "../../lib/errors.ts";
import { readRecords, stageFile, writeDayRecord, writeIntent } from "../../lib/store/mod.ts";
import { dayRecord } from "../helpers/records.ts";
import { exists, fakeHour, inFolder, JULY_13, put, tree } from "../helpers/support.ts";

const HOURS = ["00", "01", "02"].map((hour) => `1_1/2024/07/13/${hour}.parquet`);
const [FIRST, SECOND, THIRD] = HOURS as [string, string, string];
const REJECTED = "_etl/rejected/2024-07-13.jsonl";

const tick = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("CommitQueue.add() runs jobs one after another, in order, even after a failure", async () => {
  const queue = new CommitQueue();
  const log: string[] = [];
  const job = (name: string) => async () => {
    log.push(`${name} begins`);
    await tick();
    log.push(`${name} ends`);
    if (name === "a") throw new Error("a disk that is full");
  };
  const results = await Promise.allSettled(["a", "b"].map((name) => queue.add(job(name))));
  assert.deepEqual(log, ["a begins", "a ends", "b begins", "b ends"]);
  assert.deepEqual(results.map(({ status }) => status), ["rejected", "fulfilled"]);
});

for (const [how, end] of [["close", "closed"], ["abort", "aborted"]] as const) {
  Deno.test(`CommitQueue finishes the current job and begins no other when it is ${end}`, async () => {
    const controller = new AbortController();
    const queue = new CommitQueue(controller.signal);
    let ended = false;
    const first = queue.add(async () => {
      await tick();
      ended = true;
    });
    const second = queue.add(() => assert.fail("begun"));
    await Promise.resolve();
    if (how === "abort") controller.abort();
    await Promise.all([
      assert.rejects(second, RunEnded),
      queue.close().then(() => assert.ok(ended)),
      first,
    ]);
  });
}

/** Stages files, and commits them as the hour files and rejected rows of a day. */
async function commit(output: string, before: string[], staged: string[], files: string[]) {
  const staging = join(output, "_etl/staged");
  Deno.mkdirSync(staging, { recursive: true });
  const sizes = files.map(() => 3);
  const { version, options, inputs, ...result } = dayRecord(JULY_13, { files, sizes });
  const answer = {
    result,
    failures: [],
    staged: staged.map((name) =>
      stageFile(staging, join(output, name), new TextEncoder().encode("new"), false)!
    ),
  };
  const origin = { version, options, inputs };
  return await commitDay(output, staging, new Set(before), answer, origin);
}

Deno.test("commitDay() leaves a day's files, its record and nothing else", () =>
  inFolder(async (output) => {
    for (const name of [FIRST, SECOND, REJECTED]) put(join(output, name), "old");
    // The first file stays as it is, the second is no longer one of the day's.
    const record = await commit(output, [FIRST, SECOND], [THIRD], [FIRST, THIRD]);
    const read = (name: string) => Deno.readTextFileSync(join(output, name));
    assert.deepEqual([...tree(output).keys()], [FIRST, THIRD]);
    assert.deepEqual([read(FIRST), read(THIRD)], ["old", "new"]);
    assert.deepEqual([record.files, record.sizes], [[FIRST, THIRD], [3, 3]]);
    assert.deepEqual(readRecords(output, join(output, "_etl")).days, new Map([[JULY_13, record]]));
    assert.ok(!exists(join(output, REJECTED)), "no row of the day is rejected any longer");
    for (const part of ["intents", "staged"]) {
      assert.deepEqual([...Deno.readDirSync(join(output, "_etl", part))], [], part);
    }
    await commit(output, [FIRST, THIRD], [REJECTED], [FIRST]);
    assert.equal(read(REJECTED), "new");
    assert.deepEqual([...tree(output).keys()], [FIRST]);
  }));

Deno.test("refuseForeignFiles() refuses files that neither a record nor their footer calls ours", () =>
  inFolder((output) => {
    const refuse = (...before: string[]) => refuseForeignFiles(output, new Set(before), HOURS);
    refuse();
    put(join(output, FIRST), fakeHour());
    refuse();
    put(join(output, SECOND), fakeHour("another tool"));
    assert.throws(() => refuse(FIRST), /01\.parquet was not written by hourgrid: move it out/);
    refuse(SECOND);
    refuseForeignFiles(output, new Set(), [FIRST, THIRD]);
  }));

Deno.test("removeDay() removes the files of a day, its record, rejected rows and intent", () =>
  inFolder(async (output) => {
    const staging = join(output, "_etl/staged");
    for (const name of [FIRST, SECOND, REJECTED]) put(join(output, name), "old");
    await writeDayRecord(output, staging, dayRecord(JULY_13, { files: [FIRST] }));
    await writeDayRecord(output, staging, dayRecord(JULY_13 + 86_400));
    await writeIntent(output, staging, JULY_13, [FIRST]);
    removeDay(output, JULY_13, [FIRST]);
    assert.deepEqual([...tree(output).keys()], [SECOND]);
    assert.deepEqual([...readRecords(output, join(output, "_etl")).days.keys()], [
      JULY_13 + 86_400,
    ]);
    assert.ok(!exists(join(output, REJECTED)));
    assert.deepEqual([...Deno.readDirSync(join(output, "_etl/intents"))], []);
  }));
