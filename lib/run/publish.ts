/**
 * Publishes what was built: the figures of the batteries as tables for other tools, and the report.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { batteryDays, tablesOf } from "../battery/mod.ts";
import { isRetryable, RunEnded } from "../errors.ts";
import {
  failpoint,
  listFolder,
  makeFolder,
  removeIfThere,
  replaceFile,
  REPORT_FOLDER,
  STATE_FOLDER,
} from "../store/mod.ts";
import { FOREIGN } from "./commit.ts";
import type { RunContext } from "./context.ts";
import { ProgressCounter } from "./progress_counter.ts";
import type { Summary } from "./summary.ts";

/**
 * Writes `daily.csv`, `signals.csv` and `events.csv` for all days on record. A day that was not
 * committed completely is left out until a run builds it again.
 *
 * A run of a shard has only some of the days, so it publishes nothing.
 */
export async function publishTables(
  { options: { output, shard }, staging, records, suspects, problems }: RunContext,
): Promise<void> {
  if (shard !== null) return;
  const complete = [...records.days.values()].filter(({ day }) => !suspects.has(day));
  for (const [table, text] of Object.entries(tablesOf(batteryDays(complete)))) {
    const name = `${STATE_FOLDER}/${table}`;
    try {
      refuseForeignTable(join(output, name), text);
      await replaceFile(output, name, text, staging);
    } catch (error) {
      problems.retryLater ||= isRetryable(error);
      problems.add(name, (error as Error).message);
    }
    failpoint("table published");
  }
}

/**
 * Refuses to overwrite a table that this tool did not write.
 *
 * @throws {Error} If a file does not begin with the table's columns.
 */
function refuseForeignTable(path: string, table: string): void {
  if (!existsSync(path)) return;
  const [columns] = /^\w+,\w+,/.exec(table)!;
  const start = Deno.readFileSync(path).subarray(0, columns.length);
  if (new TextDecoder().decode(start) !== columns) throw new Error(FOREIGN);
}

/**
 * Writes the pages of the report whose content has changed, and removes old ones.
 *
 * @returns The first page, relative to the output folder; null if none could be written.
 */
export async function publishReport(
  { options: { output, force, limits }, pool, problems, staging, emit, records }: RunContext,
  summary: Summary,
): Promise<string | null> {
  // Loaded only when a report is wanted.
  const { readPageDigest, digestOf, PAGE_FILE, pageFile, pagesOf } = await import(
    "../report/mod.ts"
  );
  await pool.endIdle();
  try {
    makeFolder(output, REPORT_FOLDER);
  } catch (error) {
    problems.add(REPORT_FOLDER, `could not be written: ${(error as Error).message}`);
    return null;
  }
  const { files, built, current, problems: found } = summary;
  const latestRun = { files, built: built.length, current, problems: found };
  const wanted = pagesOf(records, latestRun, limits);
  const progress = new ProgressCounter("report", emit);
  await Promise.all(wanted.map(async (page) => {
    const name = `${REPORT_FOLDER}/${pageFile(page)}`;
    const digest = digestOf(records, page);
    const present = readPageDigest(join(output, name));
    if (present === null && existsSync(join(output, name))) return problems.add(name, FOREIGN);
    if (!force && present === digest) return;
    progress.plan(1);
    try {
      await pool.run(() => ({ kind: "report" as const, page, digest, output, staging }));
    } catch (error) {
      if (error instanceof RunEnded) throw error;
      problems.add(name, `could not be written: ${(error as Error).message}`);
    }
    progress.reach(page, 1);
  }));
  const names = new Set(wanted.map(pageFile));
  try {
    for (const { name } of listFolder(join(output, REPORT_FOLDER))) {
      const path = join(output, REPORT_FOLDER, name);
      // A file is ours only if it also begins like a page.
      if (PAGE_FILE.test(name) && !names.has(name) && readPageDigest(path) !== null) {
        removeIfThere(path);
      }
    }
  } catch (error) {
    problems.add(REPORT_FOLDER, `may still have old pages: ${(error as Error).message}`);
  }
  return `${REPORT_FOLDER}/${pageFile(wanted[0]!)}`;
}
