/**
 * Intents: before a day's files are changed, the run records which files the day had and will have.
 * If a run finds an intent, an earlier run was stopped during such a change: the day is stale, and
 * each of those files may be the old one, the new one or missing.
 *
 * @module
 */
import { join } from "node:path";
import { dayOfHourFile } from "../hours/mod.ts";
import { dayName } from "../telemetry/mod.ts";
import { removeIfThere, replaceFile } from "./files.ts";
import { failpoint } from "./failpoint.ts";
import { listStateFiles, stateFile } from "./state_folder.ts";

/**
 * Records which files a day had and will have; the intent is on disk when the promise resolves.
 *
 * @param files Relative to the output folder.
 */
export async function writeIntent(
  output: string,
  staging: string,
  day: number,
  files: readonly string[],
): Promise<void> {
  const text = `${JSON.stringify({ day: dayName(day), files })}\n`;
  await replaceFile(output, stateFile("intents", day), text, staging);
  failpoint("intent written");
}

/**
 * Deletes a day's intent, after its record was written. This is not synced: if power fails, the day
 * may be built again.
 */
export function deleteIntent(output: string, day: number): void {
  removeIfThere(join(output, stateFile("intents", day)));
}

/** The days that have an intent, with the hour files that it names. */
export function readIntents(output: string): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const [day, path] of listStateFiles(output, "intents")) {
    found.set(day, readNames(path).filter((file) => dayOfHourFile(file) === day));
  }
  return found;
}

function readNames(path: string): string[] {
  try {
    const { files } = JSON.parse(Deno.readTextFileSync(path));
    return files.filter((file: unknown) => typeof file === "string");
  } catch {
    return []; // findSuspects() finds our files without it
  }
}
