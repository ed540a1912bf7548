/**
 * Keeps the pages of the report up to date.
 *
 * @module
 */
import { join } from "node:path";
import { listFolder, makeFolder, type Records, removeIfThere } from "../store/mod.ts";
import type { RunContext } from "./context.ts";
import type { Summary } from "./outcome.ts";
import { PoolClosed } from "./pool.ts";
import { Progress } from "./progress.ts";

/**
 * Writes the pages of the report whose content has changed, and removes old ones.
 *
 * @returns The first page, relative to the output folder; null if none could be written.
 */
export async function updateReport(
  { options: { output, force, limits }, pool, problems, staging, emit }: RunContext,
  records: Records,
  summary: Summary,
): Promise<string | null> {
  // Loaded only when a report is wanted.
  const { readPageDigest, digestOf, PAGE_FILE, pageFile, pagesOf, REPORT_FOLDER } = await import(
    "../report/mod.ts"
  );
  await pool.endIdle();
  try {
    makeFolder(output, REPORT_FOLDER);
  } catch (error) {
    problems.add(REPORT_FOLDER, `could not be written: ${(error as Error).message}`);
    return null;
  }
  const { files, onRecord, modules, hourFiles, span, current, problems: found } = summary;
  const counts = { files, ...onRecord, modules, hourFiles, span, current };
  const figures = { ...counts, built: summary.built.length, problems: found };
  const wanted = pagesOf(records, figures, limits);
  const progress = new Progress("report", emit);
  await Promise.all(wanted.map(async (page) => {
    const name = `${REPORT_FOLDER}/${pageFile(page)}`;
    const digest = digestOf(records, page);
    if (!force && readPageDigest(join(output, name)) === digest) return;
    progress.plan(1);
    try {
      await pool.report({ kind: "report", page, digest, output, staging });
    } catch (error) {
      if (error instanceof PoolClosed) throw error;
      problems.add(name, `could not be written: ${(error as Error).message}`);
    }
    progress.finish(page, 1);
  }));
  const names = new Set(wanted.map(pageFile));
  for (const { name } of listFolder(join(output, REPORT_FOLDER))) {
    const path = join(output, REPORT_FOLDER, name);
    // A file is ours only if it also begins like a page.
    if (PAGE_FILE.test(name) && !names.has(name) && readPageDigest(path) !== null) {
      removeIfThere(path);
    }
  }
  return `${REPORT_FOLDER}/${pageFile(wanted[0]!)}`;
}
