/**
 * Publishes the figures of the batteries as tables for other tools.
 *
 * @module
 */
import { batteryDays, tablesOf } from "../battery/mod.ts";
import { failpoint, replaceFile, STATE_FOLDER } from "../store/mod.ts";
import type { RunContext, RunState } from "./context.ts";

/**
 * Writes `daily.csv`, `signals.csv` and `events.csv` for all days on record. A day that was not
 * committed completely is left out until a run builds it again.
 *
 * A run of a shard has only some of the days, so it publishes nothing.
 */
export async function publishTables(
  { options: { output, shard }, staging, problems }: RunContext,
  { days, suspects }: Pick<RunState, "days" | "suspects">,
): Promise<void> {
  if (shard !== null) return;
  const complete = [...days.values()].filter(({ day }) => !suspects.has(day));
  for (const [name, text] of Object.entries(tablesOf(batteryDays(complete)))) {
    try {
      const bytes = new TextEncoder().encode(text);
      await replaceFile(output, `${STATE_FOLDER}/${name}`, bytes, staging);
    } catch (error) {
      problems.add(`${STATE_FOLDER}/${name}`, (error as Error).message);
    }
    failpoint("table published");
  }
}
