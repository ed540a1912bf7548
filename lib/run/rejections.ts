/**
 * Which readings are rejected when a day is built, and which files have no reading left. Whether a
 * payload type is numeric, for example, depends on all days.
 *
 * @module
 */
import {
  type Block,
  DAY,
  type Kind,
  lowerBound,
  type Readings,
  type Series,
  type Signal,
  totalOf,
  type ValueSet,
} from "../telemetry/mod.ts";
import {
  type DayRecord,
  type DayResult,
  inputFingerprint,
  type InputRecord,
  type Records,
  type Source,
} from "../store/mod.ts";
import { inputDays } from "./plan.ts";

/** Which readings of a signal are rejected, and why. */
export interface RejectionRule {
  /** Why. */
  reason: string;
  /** Whether readings with a value are rejected. */
  rejects: (id: number) => boolean;
}

/** The rule of a signal: rejects all readings if it has a reason, otherwise those of a wrong kind. */
export function rejectionRule(
  { reason, payload }: Signal,
  kinds: ReadonlyMap<string, Kind>,
  { numbers }: ValueSet,
): RejectionRule {
  if (reason !== null) return { reason, rejects: () => true };
  const isText = kinds.get(payload) === "text";
  return {
    reason: "a value that is not a finite number",
    rejects: (id) => !isText && Number.isNaN(numbers[id]!),
  };
}

/**
 * Removes rejected readings from a numeric series, and each number that repeats the previous one at
 * the same instant in another notation.
 *
 * @returns The rejected readings of the day itself.
 */
export function removeRejected(
  series: Series,
  { rejects }: RejectionRule,
  { numbers }: ValueSet,
): [time: number, id: number][] {
  const { times, ids, length } = series;
  const rejected: [number, number][] = [];
  let at = 0;
  for (let i = 0; i < length; i++) {
    const time = times[i]!;
    const id = ids[i]!;
    if (rejects(id)) {
      if (time >= 0 && time < DAY) rejected.push([time, id]); // otherwise it belongs to another day
    } else if (at === 0 || times[at - 1] !== time || numbers[ids[at - 1]!] !== numbers[id]) {
      times[at] = time;
      ids[at++] = id;
    }
  }
  series.length = at;
  return rejected;
}

/** The file that contains a reading; if several do, the first by name. */
export function fileOf(
  { times, ids }: Readings,
  blocks: readonly Block[],
  time: number,
  id: number,
  sources: readonly Source[],
): string {
  const contains = ({ start, end }: Block) => {
    if (times[start]! > time || times[end - 1]! < time) return false;
    const block = times.subarray(start, end);
    let i = start + lowerBound(block, block.length, time);
    while (i < end && times[i] === time && ids[i] !== id) i++;
    return i < end && times[i] === time;
  };
  return blocks.filter(contains).map(({ file }) => sources[file]!.name).sort()[0]!;
}

/**
 * Finds the files that have rows on a day, but no reading.
 *
 * @param signals The blocks of each signal, and its rule.
 * @param rows How many rows of the day each source has.
 */
export function filesWithoutReadings(
  { times, ids }: Readings,
  signals: readonly { blocks: readonly Block[]; rule: RejectionRule }[],
  sources: readonly Source[],
  rows: readonly number[],
): DayResult["withoutReadings"] {
  const counts = sources.map(() => new Map<string, number>());
  const hasReading = sources.map(() => false);
  for (const { blocks, rule: { reason, rejects } } of signals) {
    for (const { start, end, file } of blocks) {
      for (let i = start; i < end; i++) {
        if (times[i]! < 0 || times[i]! >= DAY) continue;
        if (rejects(ids[i]!)) counts[file]!.set(reason, (counts[file]!.get(reason) ?? 0) + 1);
        else hasReading[file] = true;
      }
    }
  }
  const used = new Set(sources.filter((_, file) => hasReading[file]).map(({ name }) => name));
  const found: DayResult["withoutReadings"] = {};
  for (const [file, { name }] of sources.entries()) {
    const reason = mostFrequent(counts[file]!);
    if (used.has(name) || reason === undefined) continue;
    found[name] = { rows: (found[name]?.rows ?? 0) + rows[file]!, reason };
  }
  return found;
}

/** Finds the inputs that have rows, but no reading on any day, with their most frequent reason. */
export function inputsWithoutReadings(
  inputs: ReadonlyMap<string, InputRecord>,
  days: Iterable<DayRecord>,
): Map<string, string> {
  const rejected = new Map<string, Map<string, number>>();
  for (const { withoutReadings, inputs: read } of days) {
    for (const [name, { rows, reason }] of Object.entries(withoutReadings)) {
      const input = inputs.get(name);
      if (input === undefined || inputFingerprint(input) !== read[name]) continue;
      const reasons = rejected.getOrInsertComputed(name, () => new Map());
      reasons.set(reason, (reasons.get(reason) ?? 0) + rows);
    }
  }
  const found = new Map<string, string>();
  for (const [name, { sources }] of inputs) {
    const reasons = rejected.get(name);
    if (reasons === undefined) continue;
    const rows = totalOf([...reasons.values()]);
    const all = totalOf(sources.map(({ layout }) => layout.rows));
    if (rows === all) found.set(name, mostFrequent(reasons)!);
  }
  return found;
}

/**
 * Whether there are readings, but none of a module, so that there are no hour files. That is known
 * only if all days are on record.
 */
export function lackModules({ inputs, days }: Records): boolean {
  const withReadings = [...days.values()].filter(({ readings }) => readings > 0);
  return withReadings.length > 0 && withReadings.every(({ files }) => files.length === 0) &&
    inputDays(inputs).every((day) => days.has(day));
}

/** The most frequent reason; of several, the first by name, whichever day was built first. */
function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
}
