/**
 * Plans a run: which days the input files touch, and which of those days are stale and why. All
 * functions here are pure; they only use the records.
 *
 * @module
 */
import { DAY, type Digester } from "../telemetry/mod.ts";
import { marginOf, type TableOptions } from "../hours/mod.ts";
import { type DayRecord, fingerprintOf, type InputRecord, type Source } from "../store/mod.ts";
import { isWanted, type Options } from "./options.ts";
import { VERSION } from "../version.ts";

/** A day that is to be built. */
export interface StaleDay {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** Why it is not up to date. */
  reason: string;
  /** Rows in the files that touch it, including those of other days. */
  rows: number;
  /** How many files touch it. */
  files: number;
}

/** For every day that has readings, the files that touch it or the margin around it. */
export function sourcesByDay(
  inputs: ReadonlyMap<string, InputRecord>,
  options: TableOptions,
): Map<number, Source[]> {
  const { before, after } = marginOf(options);
  const days = new Map<number, Source[]>();
  const usable = [...inputs.values()].filter(({ failure }) => failure === undefined)
    .flatMap(({ sources }) => sources);
  const each = (first: number, last: number, visit: (day: number) => void) => {
    for (let day = Math.floor(first / DAY) * DAY; day <= last; day += DAY) visit(day);
  };
  for (const { layout } of usable) each(layout.first, layout.last, (day) => days.set(day, []));
  for (const source of usable) {
    // Readings are held into the following days, and lines reach back to the preceding days.
    const { first, last } = source.layout;
    each(first - after, last + before, (day) => days.get(day)?.push(source));
  }
  return days;
}

/** Names and fingerprints of the inputs of some sources. */
export function inputsOf(
  inputs: ReadonlyMap<string, InputRecord>,
  sources: readonly Source[],
): Record<string, string> {
  const names = [...new Set(sources.map(({ name }) => name))].sort();
  return Object.fromEntries(names.map((name) => [name, fingerprintOf(inputs.get(name)!)]));
}

/** The records, and hour files that contradict them. */
export interface Known {
  /** Input files by name. */
  inputs: ReadonlyMap<string, InputRecord>;
  /** Days by their start. */
  days: ReadonlyMap<number, DayRecord>;
  /** Hour files that can't be trusted, by day: see `findSuspects`. */
  suspects: ReadonlyMap<number, readonly string[]>;
}

/**
 * The wanted days that are not up to date, in order.
 *
 * @param touched See {@linkcode sourcesByDay}.
 * @param digester A digester of the signal counts of all days.
 * @param changedFile Returns an hour file that differs from its record, if there is one.
 */
export function staleDays(
  known: Known,
  touched: ReadonlyMap<number, Source[]>,
  options: Options,
  digester: Digester,
  changedFile: (record: DayRecord) => string | undefined,
): StaleDay[] {
  const stale: StaleDay[] = [];
  for (const [day, sources] of touched) {
    if (!isWanted(options, day)) continue;
    const inputs = inputsOf(known.inputs, sources);
    const record = known.days.get(day);
    const reason = whyStale(record, known.suspects.has(day), inputs, options) ??
      whyDifferent(record!, digester, changedFile);
    const rows = sources.reduce((sum, { layout }) => sum + layout.rows, 0);
    if (reason !== null) stale.push({ day, reason, rows, files: Object.keys(inputs).length });
  }
  return stale.sort((a, b) => a.day - b.day);
}

/** Why a day has to be built according to its record, inputs and options; null if it does not. */
export function whyStale(
  record: DayRecord | undefined,
  isSuspect: boolean,
  inputs: Readonly<Record<string, string>>,
  options: TableOptions,
): string | null {
  if (isSuspect) return "it has hour files that no record vouches for";
  if (record === undefined) return "not built yet";
  if (record.version !== VERSION) return `built by version ${record.version}`;
  for (const name of Object.keys(record.options) as (keyof TableOptions)[]) {
    if (record.options[name] !== options[name]) {
      return `--${kebab(name)} was ${shown(record.options[name])}, is ${shown(options[name])}`;
    }
  }
  for (const [name, print] of Object.entries(inputs)) {
    if (record.inputs[name] === undefined) return `new input ${name}`;
    if (record.inputs[name] !== print) return `changed input ${name}`;
  }
  for (const name of Object.keys(record.inputs)) {
    if (inputs[name] === undefined) return `input ${name} is gone`;
  }
  return null;
}

/** The flag of an option. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Formats an option's value; numbers are seconds. */
function shown(value: string | number): string {
  return typeof value === "number" ? `${value} s` : value;
}

/** Why a day's hour files are not current; null if they are. */
function whyDifferent(
  record: DayRecord,
  digester: Digester,
  changedFile: (record: DayRecord) => string | undefined,
): string | null {
  if (
    digester(record.signalCounts.map(({ payload }) => payload), record.modules) !== record.digest
  ) {
    return "other days have other columns";
  }
  const changed = changedFile(record);
  return changed === undefined ? null : `${changed} is gone or changed`;
}
