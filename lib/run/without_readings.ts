/**
 * Finds files of which not a single row is a reading. Many reasons show only when a day is built:
 * whether a payload type is numeric, for example, depends on all days.
 *
 * @module
 */
import { type Block, DAY, type Readings } from "../telemetry/mod.ts";
import {
  type DayRecord,
  type DayResult,
  fingerprintOf,
  type InputRecord,
  type Source,
} from "../store/mod.ts";

/** What becomes of a signal's readings in a day's files. */
export interface SignalFate {
  /** Where its readings are. */
  blocks: readonly Block[];
  /** Why some of them are rejected. */
  reason: string;
  /** Whether the value of an id is rejected. */
  isRejected: (id: number) => boolean;
}

/**
 * Finds the files that have rows on a day, but no reading.
 *
 * @param rows How many rows of the day each source has.
 */
export function filesWithoutReadings(
  fates: readonly SignalFate[],
  { times, ids }: Readings,
  sources: readonly Source[],
  rows: readonly number[],
): DayResult["withoutReadings"] {
  const counts = sources.map(() => new Map<string, number>());
  const isUsed = sources.map(() => false);
  for (const { blocks, reason, isRejected } of fates) {
    for (const [start, end, file] of blocks) {
      for (let i = start; i < end; i++) {
        if (times[i]! < 0 || times[i]! >= DAY) continue;
        if (isRejected(ids[i]!)) counts[file]!.set(reason, (counts[file]!.get(reason) ?? 0) + 1);
        else isUsed[file] = true;
      }
    }
  }
  const used = new Set(sources.filter((_, file) => isUsed[file]).map(({ name }) => name));
  const found: DayResult["withoutReadings"] = {};
  for (const [file, { name }] of sources.entries()) {
    const [reason] = mostFrequent(counts[file]!);
    if (used.has(name) || reason === undefined) continue;
    found[name] = { rows: (found[name]?.rows ?? 0) + rows[file]!, reason };
  }
  return found;
}

/**
 * Finds the inputs that have rows, but no reading on any day, with the reason that costs most rows.
 */
export function inputsWithoutReadings(
  inputs: ReadonlyMap<string, InputRecord>,
  days: Iterable<DayRecord>,
): Map<string, string> {
  const rejected = new Map<string, Map<string, number>>();
  for (const { withoutReadings, inputs: read } of days) {
    for (const [name, { rows, reason }] of Object.entries(withoutReadings)) {
      const input = inputs.get(name);
      if (input === undefined || fingerprintOf(input) !== read[name]) continue;
      const reasons = rejected.getOrInsertComputed(name, () => new Map());
      reasons.set(reason, (reasons.get(reason) ?? 0) + rows);
    }
  }
  const found = new Map<string, string>();
  for (const [name, { sources }] of inputs) {
    const reasons = rejected.get(name);
    if (reasons === undefined) continue;
    const rows = [...reasons.values()].reduce((sum, rows) => sum + rows, 0);
    const all = sources.reduce((sum, { layout }) => sum + layout.rows, 0);
    if (rows === all) found.set(name, mostFrequent(reasons)[0]!);
  }
  return found;
}

/** Reasons, the most frequent one first. */
function mostFrequent(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(([, a], [, b]) => b - a).map(([reason]) => reason);
}
