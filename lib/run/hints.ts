/**
 * Finds oddities in the data, for the summary. All functions are pure; they use only the records.
 *
 * @module
 */
import { isMeasured } from "../battery/mod.ts";
import type { DayRecord } from "../store/mod.ts";
import {
  GAP_BOUNDS,
  type Kind,
  kindOf,
  type PayloadCounts,
  sumGaps,
  totalOf,
} from "../telemetry/mod.ts";

/** A payload type whose readings are not all of the expected kind. */
export interface MixedPayload {
  /** The payload type. */
  payload: string;
  /** What its columns hold. */
  kind: Kind;
  /** The share of its distinct readings that are finite numbers, from 0 to 1. */
  numericShare: number;
  /** Whether it is a quantity of a battery, all of whose readings should be numbers. */
  isQuantity: boolean;
}

/** A payload type whose kind has changed since the last run. */
export interface ChangedKind {
  /** The payload type. */
  payload: string;
  /** What its columns held. */
  before: Kind;
  /** What they hold now. */
  after: Kind;
}

/** A payload type whose readings are too far apart to be held from one to the next. */
export interface SparsePayload {
  /** The payload type. */
  payload: string;
  /** The share of the rows that are null in its columns. */
  emptyShare: number;
  /** A `--max-gap` in seconds that would bridge nine out of ten gaps. */
  maxGap: number;
}

/** The smallest share of readings of the other kind that is worth mentioning. */
const LEAST_SHARE = 0.01;

/**
 * The payload types of which between 1 % and 99 % of the distinct readings are numbers; and those
 * that should be numbers, as a quantity of a battery, but are text.
 */
export function mixedPayloads(counts: PayloadCounts): MixedPayload[] {
  return [...counts].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([payload, count]) => {
    const numericShare = count.numeric / (count.numeric + count.other);
    const isMixed = numericShare >= LEAST_SHARE && numericShare <= 1 - LEAST_SHARE;
    const kind = kindOf(count);
    const isQuantity = isMeasured(payload);
    const isWronglyText = isQuantity && kind === "text";
    return isMixed || isWronglyText ? [{ payload, kind, numericShare, isQuantity }] : [];
  });
}

/** The payload types that begin or end with a blank, as from a CSV with one after each comma. */
export function blankPayloads(counts: PayloadCounts): string[] {
  return [...counts.keys()].filter((payload) => payload !== payload.trim()).sort();
}

/** The payload types whose kind has changed. */
export function changedKinds(before: PayloadCounts, after: PayloadCounts): ChangedKind[] {
  return [...after].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([payload, count]) => {
    const known = before.get(payload);
    if (known === undefined || kindOf(known) === kindOf(count)) return [];
    return [{ payload, before: kindOf(known), after: kindOf(count) }];
  });
}

/** The fewest gaps from which anything can be concluded. */
const FEWEST_GAPS = 20;

/** What {@linkcode sparsePayloads} uses of a day's record. */
export type SparseDay = Pick<DayRecord, "gaps" | "cells">;

/**
 * The payload types whose columns are mostly empty, and whose gaps between readings are longer than
 * `--max-gap` more than one time in ten.
 *
 * @param maxGap For how many seconds a value is held.
 */
export function sparsePayloads(days: readonly SparseDay[], maxGap: number): SparsePayload[] {
  const shares = emptyShares(days);
  return [...sumGaps(days)].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([payload, counts]) => {
    const emptyShare = shares.get(payload) ?? 0;
    const bridging = bridgingGap(counts);
    const isSparse = emptyShare > 0.5 && bridging !== null && bridging.from >= maxGap;
    return isSparse ? [{ payload, emptyShare, maxGap: bridging.to }] : [];
  });
}

/** The class, in seconds, of the 90th percentile of the gaps; null if there are too few gaps. */
function bridgingGap(counts: readonly number[]): { from: number; to: number } | null {
  // The last class is silence, which no --max-gap should bridge.
  const classes = counts.slice(0, -1)
    .map((count, i) => ({ count, from: GAP_BOUNDS[i]!, to: GAP_BOUNDS[i + 1]! }));
  const total = totalOf(classes.map(({ count }) => count));
  if (total < FEWEST_GAPS) return null;
  let sum = 0;
  return classes.find(({ count }) => (sum += count) >= 0.9 * total)!;
}

/** The share of the cells that are null, by payload type. */
function emptyShares(days: readonly SparseDay[]): Map<string, number> {
  const sums = new Map<string, { all: number; filled: number }>();
  for (const [payload, { all, filled }] of days.flatMap(({ cells }) => Object.entries(cells))) {
    const sum = sums.getOrInsertComputed(payload, () => ({ all: 0, filled: 0 }));
    sum.all += all;
    sum.filled += filled;
  }
  return new Map([...sums].map(([payload, { all, filled }]) => [payload, 1 - filled / all]));
}
