/**
 * Publishes the batteries' figures as tables for other tools.
 *
 * @module
 */
import { join } from "node:path";
import { batteryDays, tablesOf } from "../battery/mod.ts";
import { failpoint, replaceFile, STATE_FOLDER } from "../store/mod.ts";
import type { BuildState } from "./build.ts";
import type { RunContext } from "./context.ts";

/**
 * Brings `daily.csv`, `signals.csv` and `events.csv` up to date with all days on record. A day that
 * could not be put in its place as a whole is left out, until a run builds it again.
 *
 * A shard knows only of its own days, so a run of the whole does this, after those of all shards.
 */
export async function publishTables(
  { options: { output, shard }, staging, problems }: RunContext,
  { days, suspects }: Pick<BuildState, "days" | "suspects">,
): Promise<void> {
  if (shard !== null) return;
  const whole = [...days.values()].filter(({ day }) => !suspects.has(day));
  for (const [name, text] of Object.entries(tablesOf(batteryDays(whole)))) {
    try {
      await replaceFile(staging, join(output, STATE_FOLDER, name), new TextEncoder().encode(text));
    } catch (error) {
      problems.add(`${STATE_FOLDER}/${name}`, (error as Error).message);
    }
    failpoint("table published");
  }
}
