/**
 * Energy, charge, rest and state of charge: the figures that depend on voltage and current.
 *
 * @module
 */
import type { Flow, Flows, ModuleDay, RestEnd, SocDay, Swing } from "./figures.ts";
import type { Runs } from "../hours/mod.ts";
import { meanByHour, type Rows } from "./runs.ts";

/** A current smaller than this counts as no current, in A. */
export const REST_AMPERES = 0.5;

/** For how long there must be no current before a row is at rest, in seconds. */
const REST_AFTER = 1200;

/** Energy and charge by the sign of the current; null if no row has a voltage and a current. */
export function flowsOf(voltage: Runs, current: Runs, interval: number): Flows | null {
  const [positive, negative]: Flow[] = [{ energy: 0, charge: 0 }, { energy: 0, charge: 0 }];
  let known = 0, row = 0, v = 0;
  for (let i = 0; i < current.length; i++) {
    const end = current.ends[i]!;
    const amperes = current.values[i]!;
    if (amperes !== amperes) {
      row = end;
      continue;
    }
    while (voltage.ends[v]! <= row) v++;
    let rows = 0, volts = 0; // Σ V over the rows of this current
    for (; row < end; v++) {
      const until = Math.min(end, voltage.ends[v]!);
      const value = voltage.values[v]!;
      if (value === value) {
        rows += until - row;
        volts += value * (until - row);
      }
      row = until;
      if (until === end) break;
    }
    known += rows;
    const flow = amperes > 0 ? positive! : negative!;
    flow.energy += Math.abs(amperes) * volts;
    flow.charge += Math.abs(amperes) * rows;
  }
  if (known === 0) return null;
  for (const flow of [positive!, negative!]) {
    flow.energy *= interval / 3600 / 1000;
    flow.charge *= interval / 3600;
  }
  return { positive: positive!, negative: negative! };
}

/**
 * The rows at rest: those whose current is known and under 0.5 A, as it is in all rows that overlap
 * the 20 minutes before. A day's first 20 minutes are never at rest.
 */
export function restOf(current: Runs, interval: number): Rows[] {
  const wait = Math.ceil(REST_AFTER / interval);
  const found: Rows[] = [];
  let [from, row] = [0, 0]; // the first row of the quiet stretch, and the first of the run
  for (let i = 0; i <= current.length; i++) {
    if (i < current.length && Math.abs(current.values[i]!) < REST_AMPERES) row = current.ends[i]!;
    else {
      if (row - from > wait) found.push([from + wait, row]);
      from = row = current.ends[i] ?? row;
    }
  }
  return found;
}

/** The class of each row by its current: 1 at rest, 2 positive, 3 negative, 0 any other. */
export function loadOf(current: Runs, rest: readonly Rows[]): Runs {
  const [ends, values]: number[][] = [[], []];
  let length = 0;
  const put = (end: number, load: number) => {
    if (length > 0 && values![length - 1] === load) ends![length - 1] = end;
    else length = ends!.push(end), values!.push(load);
  };
  let [row, r] = [0, 0];
  for (let i = 0; i < current.length; i++) {
    const [end, amperes] = [current.ends[i]!, current.values[i]!];
    if (amperes >= REST_AMPERES || amperes <= -REST_AMPERES) put(end, amperes > 0 ? 2 : 3);
    else {
      while (row < end) {
        while (r < rest.length && rest[r]![1] <= row) r++;
        const [from, to] = rest[r] ?? [Infinity, Infinity];
        const until = Math.min(end, row < from ? from : to);
        put(until, row < from ? 0 : 1);
        row = until;
      }
    }
    row = end;
  }
  return { ends: Int32Array.from(ends!), values: Float64Array.from(values!), length };
}

/** Returns a function that reads a column; each row must be after the previous one. */
function reader({ ends, values }: Runs): (row: number) => number {
  let i = 0;
  return (row) => {
    while (ends[i]! <= row) i++;
    return values[i]!;
  };
}

/** The state of charge of a day; null if it is not known in any row. */
export function socOf(soc: Runs, current: Runs | null, perHour: number): SocDay | null {
  let min = Infinity, max = -Infinity, first = NaN, last = NaN, amperes = NaN, correlation = 0;
  let k = 0; // the run in `current`
  for (let i = 0; i < soc.length; i++) {
    const value = soc.values[i]!;
    if (value !== value) continue;
    if (last !== last) first = value;
    else if (amperes === amperes) correlation += amperes * (value - last);
    if (value < min) min = value;
    if (value > max) max = value;
    last = value;
    if (current === null) continue;
    // The state of charge changes only after the last row of a run, so only that current counts.
    const row = soc.ends[i]! - 1;
    while (current.ends[k]! <= row) k++;
    amperes = current.values[k]!;
  }
  if (last !== last) return null;
  const lastCurrent = amperes === amperes ? amperes : null;
  return { min, max, byHour: meanByHour(soc, perHour, 4), first, last, lastCurrent, correlation };
}

/** Rests are used to estimate capacity only if the state of charge changes by more than this. */
export const LEAST_SWING = 0.3;

/**
 * Returns a function that counts the charge from midnight to the end of a row; each row must be after
 * the previous one.
 */
function counter(
  { ends, values }: Runs,
  interval: number,
): (row: number) => Pick<RestEnd, "charge" | "unknown"> {
  let [i, from, sum, unknown] = [0, 0, 0, 0];
  return (row) => {
    for (; ends[i]! <= row; i++) {
      const rows = ends[i]! - from;
      if (values[i] === values[i]) sum += values[i]! * rows;
      else unknown += rows;
      from = ends[i]!;
    }
    const [rows, amperes] = [row + 1 - from, values[i] ?? 0];
    const isKnown = amperes === amperes;
    return {
      charge: ((sum + (isKnown ? amperes * rows : 0)) * interval) / 3600,
      unknown: unknown + (isKnown ? 0 : rows),
    };
  };
}

/** The ends of the stretches at rest, the changes between them, and the charge of the day. */
export function restsOf(
  rest: readonly Rows[],
  current: Runs,
  soc: Runs | null,
  { day, rows, interval }: { day: number; rows: number; interval: number },
): Pick<ModuleDay, "rests" | "swings" | "charge" | "unknownCurrent"> {
  const count = counter(current, interval);
  const socAt = soc === null ? () => NaN : reader(soc);
  const endAt = (row: number): RestEnd => ({
    at: day + row * interval,
    soc: socAt(row),
    ...count(row),
  });
  let rests: ModuleDay["rests"] = null;
  const swings: Swing[] = [];
  for (const [from, to] of rest) {
    const [first, last] = [endAt(from), endAt(to - 1)];
    if (first.soc !== first.soc || last.soc !== last.soc) continue;
    const swing = rests === null ? null : swingBetween(rests[1], first, interval);
    // Whether the unit is per cent is known only from all days, so some swings are too small.
    if (swing !== null && Math.abs(swing.soc) > LEAST_SWING) swings.push(swing);
    rests = [rests?.[0] ?? first, last];
  }
  const { charge, unknown } = count(rows - 1);
  return { rests, swings, charge, unknownCurrent: unknown };
}

/** The change between two rests, from the row after the first to the first row of the second. */
export function swingBetween(from: RestEnd, to: RestEnd, interval: number): Swing {
  const rows = (to.at - from.at) / interval;
  return {
    soc: to.soc - from.soc,
    charge: to.charge - from.charge,
    unknown: (to.unknown - from.unknown) / rows,
  };
}
