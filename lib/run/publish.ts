/**
 * Publishes the batteries' figures as tables for other tools.
 *
 * @module
 */
import { batteryDays, tablesOf } from "../battery/mod.ts";
import { failpoint, replaceFile, STATE_FOLDER } from "../store/mod.ts";
import type { BuildState } from "./build.ts";
import type { RunContext } from "./context.ts";

/**
 * Writes `daily.csv`, `signals.csv` and `events.csv` for all days on record. A day that was not
 * committed completely is omitted until a run builds it again.
 *
 * A shard has only its own days, so this is left to a run of all days, after those of the shards.
 */
export async function publishTables(
  { options: { output, shard }, staging, problems }: RunContext,
  { days, suspects }: Pick<BuildState, "days" | "suspects">,
): Promise<void> {
  if (shard !== null) return;
  const whole = [...days.values()].filter(({ day }) => !suspects.has(day));
  for (const [name, text] of Object.entries(tablesOf(batteryDays(whole)))) {
    try {
      const bytes = new TextEncoder().encode(text);
      await replaceFile(output, `${STATE_FOLDER}/${name}`, bytes, staging);
    } catch (error) {
      problems.add(`${STATE_FOLDER}/${name}`, (error as Error).message);
    }
    failpoint("table published");
  }
}
