/**
 * The signals of a day: their readings from all files, and which of these are rejected.
 *
 * @module
 */
import {
  addUp,
  appendSorted,
  type Block,
  type Counts,
  isoTime,
  type Kind,
  type Readings,
  type Rejected,
  reserveReadings,
  type Series,
  type SignalCounts,
  statisticsOf,
  type ValueSet,
} from "../telemetry/mod.ts";
import type { SignalReadings } from "../hours/mod.ts";
import type { DayJob } from "./messages.ts";
import { fileOf, type RejectionRule, rejectionRule, removeRejected } from "./rejections.ts";

/** The readings of a signal from all files. */
export interface JoinedSignal extends SignalReadings {
  /** The readings of each file. */
  blocks: readonly Block[];
}

/** A signal without the readings that are rejected. */
export interface CheckedSignal extends JoinedSignal {
  /** Which readings are rejected. */
  rule: RejectionRule;
  /** The rejected readings of the day itself. */
  rejected: [time: number, id: number][];
}

/**
 * Joins the readings of all files, signal by signal.
 *
 * @param joined Receives the readings of all signals, one after the other.
 */
export function joinSignals(
  readings: Readings,
  joined: Series,
): JoinedSignal[] {
  const { signals, blocks, values } = readings;
  joined.length = 0;
  reserveReadings(joined, readings.length);
  return signals.map((signal, i) => {
    const start = joined.length;
    appendSorted(joined, readings, blocks[i]!, values);
    const series = {
      times: joined.times.subarray(start, joined.length),
      ids: joined.ids.subarray(start, joined.length),
      length: joined.length - start,
    };
    return { signal, blocks: blocks[i]!, series, start, statistics: statisticsOf(series, values) };
  });
}

/**
 * Removes the readings of a signal that are rejected.
 *
 * @param kinds The kinds of all payload types.
 */
export function rejectReadings(
  joined: JoinedSignal,
  kinds: ReadonlyMap<string, Kind>,
  values: ValueSet,
): CheckedSignal {
  const { signal, series } = joined;
  const rule = rejectionRule(signal, kinds, values);
  if (signal.reason === null && kinds.get(signal.payload) === "text") {
    return { ...joined, rule, rejected: [] };
  }
  const { length } = series;
  const rejected = removeRejected(series, rule, values);
  if (series.length === length) return { ...joined, rule, rejected };
  return { ...joined, statistics: statisticsOf(series, values), rule, rejected };
}

/** How many readings are rejected, by reason. */
export function countRejected(signals: readonly CheckedSignal[]): Counts {
  const found = signals.filter(({ rejected }) => rejected.length > 0);
  return addUp(found.map(({ rule, rejected }) => ({ [rule.reason]: rejected.length })));
}

/** The rejected readings, with what is kept of them. */
export function* rejectedReadings(
  signals: readonly CheckedSignal[],
  readings: Readings,
  { day, sources }: Pick<DayJob, "day" | "sources">,
): Generator<Rejected> {
  for (const { signal, blocks, rule, rejected } of signals) {
    for (const [time, id] of rejected) {
      yield {
        file: fileOf(readings, blocks, time, id, sources),
        reason: rule.reason,
        timestamp: isoTime(day, time),
        payload_type: signal.payload,
        value: readings.values.text(id),
        tags: JSON.stringify(signal.tags),
      };
    }
  }
}

/** How many readings of a signal there are on the day itself, by kind. */
export function countsOf(
  { signal, statistics: { from, to, numeric } }: JoinedSignal,
): SignalCounts {
  const { tags: _, ...rest } = signal;
  return { ...rest, numeric, other: to - from - numeric };
}
