/**
 * Energy, charge, rest and state of charge: the figures that depend on voltage and current.
 *
 * @module
 */
import type { Flows, ModuleDay, RestEnd, SocDay, Swing } from "./figures.ts";
import type { Runs } from "../hours/mod.ts";
import { type DayColumn, extremesIn, meanByHour, valueAt } from "./runs.ts";

/** A current smaller than this counts as no current, in A. */
const REST_AMPERES = 0.5;

/** For how long there must be no current before a row is at rest, in seconds. */
const REST_AFTER = 1200;

/** The loads of a module that its cells are compared under; 0 stands for any other. */
export const LOADS = { rest: 1, positive: 2, negative: 3 } as const;

/** The load of a module on a day as runs, and what has flowed by the end of each run. */
export interface Load extends Runs {
  /** The charge since midnight with its sign, in amperes times rows. */
  charges: number[];
  /** Rows without a known current since midnight. */
  unknown: number[];
  /** What flowed on the whole day, out plus in, in amperes times rows. */
  throughput: number;
}

/**
 * The load of each row. A row is at rest if its current is known and under 0.5 A, as it is in all
 * rows that overlap the 20 minutes before. A day's first 20 minutes are never at rest.
 */
export function loadOf(current: Runs, interval: number): Load {
  const wait = Math.ceil(REST_AFTER / interval);
  const ends: number[] = [], loads: number[] = [], charges: number[] = [], unknown: number[] = [];
  let row = 0, charge = 0, throughput = 0, unknownRows = 0, quietFrom = 0;
  const add = (end: number, load: number, amperes: number) => {
    if (end <= row) return;
    if (amperes === amperes) {
      charge += amperes * (end - row);
      throughput += Math.abs(amperes) * (end - row);
    } else unknownRows += end - row;
    row = end;
    const run = loads.at(-1) === load ? loads.length - 1 : loads.push(load) - 1;
    ends[run] = row;
    charges[run] = charge;
    unknown[run] = unknownRows;
  };
  for (let i = 0; i < current.length; i++) {
    const end = current.ends[i]!;
    const amperes = current.values[i]!;
    if (Math.abs(amperes) < REST_AMPERES) {
      add(Math.min(end, quietFrom + wait), 0, amperes);
      add(end, LOADS.rest, amperes);
    } else {
      add(end, amperes > 0 ? LOADS.positive : amperes < 0 ? LOADS.negative : 0, amperes);
      quietFrom = end;
    }
  }
  return {
    ends: Int32Array.from(ends),
    values: Float64Array.from(loads),
    length: loads.length,
    charges,
    unknown,
    throughput,
  };
}

/** Energy and charge by the sign of the current; null if no row has a voltage and a current. */
export function flowsOf(voltage: Runs, current: Runs, interval: number): Flows | null {
  let known = 0, v = 0, row = 0;
  let positiveWatts = 0, positiveAmperes = 0, negativeWatts = 0, negativeAmperes = 0;
  for (let i = 0; i < current.length; i++) {
    const end = current.ends[i]!;
    const amperes = current.values[i]!;
    while (row < end) {
      const until = Math.min(end, voltage.ends[v]!);
      const volts = voltage.values[v]!;
      const rows = until - row;
      if (voltage.ends[v] === until) v++;
      row = until;
      if (amperes !== amperes || volts !== volts) continue;
      known += rows;
      if (amperes > 0) {
        positiveWatts += amperes * volts * rows;
        positiveAmperes += amperes * rows;
      } else {
        negativeWatts -= amperes * volts * rows;
        negativeAmperes -= amperes * rows;
      }
    }
  }
  if (known === 0) return null;
  const hours = interval / 3600;
  return {
    positive: { energy: positiveWatts * hours / 1000, charge: positiveAmperes * hours },
    negative: { energy: negativeWatts * hours / 1000, charge: negativeAmperes * hours },
  };
}

/** The state of charge of a day; null if it is not known in any row. */
export function socOf(
  { runs: soc }: DayColumn,
  current: Runs,
  perHour: number,
): SocDay | null {
  const { ends, values, length } = soc;
  const { least, greatest } = extremesIn(values, length);
  if (least === -1) return null;
  let first = 0;
  let last = length - 1;
  while (Number.isNaN(values[first]!)) first++;
  while (Number.isNaN(values[last]!)) last--;
  const lastCurrent = valueAt(current, ends[last]! - 1);
  return {
    min: values[least]!,
    max: values[greatest]!,
    byHour: meanByHour(soc, perHour, 4),
    first: values[first]!,
    last: values[last]!,
    lastCurrent: Number.isNaN(lastCurrent) ? null : lastCurrent,
    correlation: correlationOf(soc, first, last, current),
  };
}

/**
 * Σ I·ΔSOC: I of a row, ΔSOC to the next row with a state of charge. While the current does not
 * change, the sum of ΔSOC is the difference between the first and the last of them.
 *
 * @param first The first run in which the state of charge is known.
 * @param last The last one.
 */
function correlationOf(soc: Runs, first: number, last: number, current: Runs): number {
  const { ends, values } = soc;
  let sum = 0;
  let at = first;
  for (let i = 0; i < current.length; i++) {
    const end = current.ends[i]!;
    const amperes = current.values[i]!;
    const before = values[at]!;
    // On to the next row in which it is known; after the last one it does not change.
    while (at < last && (ends[at]! <= end || values[at] !== values[at])) at++;
    if (amperes === amperes) sum += amperes * (values[at]! - before);
  }
  return sum;
}

/** Rests are used to estimate capacity only if the state of charge changes by more than this. */
export const LEAST_SWING = 0.3;

/** The ends of the stretches at rest, the changes between them, and the charge of the day. */
export function restsOf(
  load: Load,
  current: Runs,
  soc: Runs,
  { day, interval }: { day: number; interval: number },
): Pick<ModuleDay, "rests" | "swings" | "charge" | "throughput" | "unknownCurrent" | "restRows"> {
  const endAt = (row: number, charge: number, unknown: number): RestEnd => ({
    at: day + row * interval,
    soc: valueAt(soc, row),
    charge: charge * interval / 3600,
    unknown: unknown * interval,
  });
  let rests: ModuleDay["rests"] = null;
  let restRows = 0;
  const swings: Swing[] = [];
  for (let i = 1; i < load.length; i++) {
    if (load.values[i] !== LOADS.rest) continue;
    const from = load.ends[i - 1]!;
    const to = load.ends[i]!;
    restRows += to - from;
    const first = endAt(from, load.charges[i - 1]! + valueAt(current, from), load.unknown[i - 1]!);
    const last = endAt(to - 1, load.charges[i]!, load.unknown[i]!);
    if (first.soc !== first.soc || last.soc !== last.soc) continue;
    const swing = rests === null ? null : swingBetween(rests[1], first);
    // Whether the unit is per cent is known only from all days, so some swings are too small.
    if (swing !== null && Math.abs(swing.soc) > LEAST_SWING) swings.push(swing);
    rests = [rests?.[0] ?? first, last];
  }
  return {
    rests,
    swings,
    charge: load.charges.at(-1)! * interval / 3600,
    throughput: load.throughput * interval / 3600,
    unknownCurrent: load.unknown.at(-1)! * interval,
    restRows,
  };
}

/** The change between two rests, from the row after the first to the first row of the second. */
export function swingBetween(from: RestEnd, to: RestEnd): Swing {
  return {
    soc: to.soc - from.soc,
    charge: to.charge - from.charge,
    unknown: (to.unknown - from.unknown) / (to.at - from.at),
  };
}
