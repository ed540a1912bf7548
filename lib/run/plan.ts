/**
 * Plans a run: which days the input files touch, and which of those days are stale and why. All
 * functions are pure; they use only the records.
 *
 * @module
 */
import { DAY, type Digester, totalOf } from "../telemetry/mod.ts";
import { marginOf, type TableOptions } from "../hours/mod.ts";
import {
  type DayRecord,
  inputFingerprint,
  type InputRecord,
  type Records,
  type Source,
} from "../store/mod.ts";
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

/** The days on which the input files have readings, in order. */
export function inputDays(inputs: ReadonlyMap<string, InputRecord>): number[] {
  const days = new Set(
    usableSources(inputs).flatMap(({ layout: { first, last } }) => daysFrom(first, last)),
  );
  return [...days].sort((a, b) => a - b);
}

/** For every day that has readings, in order, the files that touch it or the margin around it. */
export function sourcesByDay(
  inputs: ReadonlyMap<string, InputRecord>,
  options: TableOptions,
): Map<number, Source[]> {
  const { before, after } = marginOf(options);
  const days = new Map(inputDays(inputs).map((day): [number, Source[]] => [day, []]));
  for (const source of usableSources(inputs)) {
    // Readings are held into the following days, and joined by lines from the preceding days.
    const { first, last } = source.layout;
    for (const day of daysFrom(first - after, last + before)) days.get(day)?.push(source);
  }
  return days;
}

function usableSources(inputs: ReadonlyMap<string, InputRecord>): Source[] {
  return [...inputs.values()].flatMap(({ failure, sources }) =>
    failure === undefined ? sources : []
  );
}

/** The days from one instant to another, which may be none. */
function daysFrom(first: number, last: number): number[] {
  const days: number[] = [];
  for (let day = Math.floor(first / DAY) * DAY; day <= last; day += DAY) days.push(day);
  return days;
}

/** Names and fingerprints of the inputs of some sources. */
export function inputsOf(
  inputs: ReadonlyMap<string, InputRecord>,
  sources: readonly Source[],
): Record<string, string> {
  const names = [...new Set(sources.map(({ name }) => name))].sort();
  return Object.fromEntries(names.map((name) => [name, inputFingerprint(inputs.get(name)!)]));
}

/**
 * The wanted days that are not up to date, in order.
 *
 * @param records The records, and hour files that can't be trusted: see `findSuspects`.
 * @param touched See {@linkcode sourcesByDay}, which returns the days in order.
 * @param digester A digester of the signal counts of all days.
 * @param changedFile Returns an hour file that differs from its record, if there is one.
 * @param force Whether all days on record are stale, whatever their records say.
 */
export function staleDays(
  records: Records & { suspects: ReadonlyMap<number, readonly string[]> },
  touched: ReadonlyMap<number, Source[]>,
  options: Options,
  digester: Digester,
  changedFile: (record: DayRecord) => string | undefined,
  force: boolean = false,
): StaleDay[] {
  const stale: StaleDay[] = [];
  for (const [day, sources] of touched) {
    if (!isWanted(options, day)) continue;
    const inputs = inputsOf(records.inputs, sources);
    const record = records.days.get(day);
    const reason = force && record !== undefined
      ? "--force"
      : whyStale(record, records.suspects.has(day), inputs, options) ??
        whyDifferent(record!, digester, changedFile);
    const rows = totalOf(sources.map(({ layout }) => layout.rows));
    if (reason !== null) stale.push({ day, reason, rows, files: Object.keys(inputs).length });
  }
  return stale;
}

/** Why a day is stale according to its record, inputs and options; null if it is not. */
export function whyStale(
  record: DayRecord | undefined,
  isSuspect: boolean,
  inputs: Readonly<Record<string, string>>,
  options: TableOptions,
): string | null {
  if (isSuspect) return "it has hour files that no record names";
  if (record === undefined) return "not built yet";
  if (record.version !== VERSION) return `built by version ${record.version}`;
  const changed = changedOption(record, options);
  if (changed !== null) return changed;
  for (const [name, print] of Object.entries(inputs)) {
    if (record.inputs[name] === undefined) return `new input ${name}`;
    if (record.inputs[name] !== print) return `changed input ${name}`;
  }
  for (const name of Object.keys(record.inputs)) {
    if (inputs[name] === undefined) {
      return `input ${name} is gone, or no longer has rows of this day`;
    }
  }
  return null;
}

/** Says which option first differs from those that a day was built with; null if none does. */
export function changedOption(
  { options: before }: Pick<DayRecord, "options">,
  options: TableOptions,
): string | null {
  const names = Object.keys(before) as (keyof TableOptions)[];
  const name = names.find((name) => before[name] !== options[name]);
  if (name === undefined) return null;
  return `--${kebab(name)} was ${shown(before[name])}, is ${shown(options[name])}`;
}

/** The name of an option's flag. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** An option's value as text; numbers are seconds. */
function shown(value: string | number): string {
  return typeof value === "number" ? `${value} s` : value;
}

/** Why a day's hour files are stale; null if they are not. */
function whyDifferent(
  record: DayRecord,
  digester: Digester,
  changedFile: (record: DayRecord) => string | undefined,
): string | null {
  if (digester(record) !== record.digest) return "other days have changed its columns";
  const changed = changedFile(record);
  return changed === undefined ? null : `${changed} is gone or changed`;
}
