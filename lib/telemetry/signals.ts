/**
 * Derives columns from signals. A day has only its own readings, but the counts of all days
 * together decide which payload types are text, and which columns a module has.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { compareNatural, type Place, type Signal } from "./tags.ts";

/** Counts of a day's distinct readings of one signal. */
export interface SignalCounts extends Omit<Signal, "tags"> {
  /** How many parse as a finite number. */
  numeric: number;
  /** How many do not parse as a finite number. */
  other: number;
}

/** What a column holds. */
export type Kind = "numeric" | "text";

/** A column of a module. */
export interface SignalColumn {
  /** Its name. */
  name: string;
  /** `text` if any of its payload types is text. */
  kind: Kind;
}

/** The sums of several days' counts, by {@linkcode signalKey}. */
export type SignalTotals = Map<string, SignalCounts>;

/** The key of a signal: equal for the same signal on different days. */
function signalKey({ payload, phase, module, column, reason }: Omit<Signal, "tags">): string {
  return JSON.stringify([payload, phase, module, column, reason]);
}

/** Adds a day's counts to the totals, or subtracts them if `sign` is -1. */
export function addToTotals(
  totals: SignalTotals,
  signalCounts: Iterable<SignalCounts>,
  sign: 1 | -1 = 1,
): SignalTotals {
  for (const signal of signalCounts) {
    const key = signalKey(signal);
    const known = totals.get(key);
    const numeric = (known?.numeric ?? 0) + sign * signal.numeric;
    const other = (known?.other ?? 0) + sign * signal.other;
    if (numeric + other > 0) totals.set(key, { ...signal, numeric, other });
    else totals.delete(key);
  }
  return totals;
}

/** Counts of distinct readings, by payload type. */
export type PayloadCounts = Map<string, Pick<SignalCounts, "numeric" | "other">>;

/** Sums the counts of signals by payload type. */
export function countByPayload(signalCounts: Iterable<SignalCounts>): PayloadCounts {
  const counts: PayloadCounts = new Map();
  for (const { payload, numeric, other } of signalCounts) {
    const sum = counts.getOrInsertComputed(payload, () => ({ numeric: 0, other: 0 }));
    sum.numeric += numeric;
    sum.other += other;
  }
  return counts;
}

/** Text if most distinct readings do not parse as a finite number, else numeric. */
export function kindOf({ numeric, other }: Pick<SignalCounts, "numeric" | "other">): Kind {
  return other > numeric ? "text" : "numeric";
}

/**
 * The kind of every payload type: see {@linkcode kindOf}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { addToTotals, kindsOf } from "./signals.ts";
 * const place = { phase: null, module: null, reason: null };
 * const state = { ...place, payload: "system_state", column: "system_state" };
 * const totals = addToTotals(new Map(), [{ ...state, numeric: 1, other: 9 }]);
 * assert.ok(kindsOf(totals).get("system_state") === "text");
 * ```
 */
export function kindsOf(totals: SignalTotals): Map<string, Kind> {
  const counts = countByPayload(totals.values());
  return new Map(counts.entries().map(([payload, sum]) => [payload, kindOf(sum)]));
}

/** Whether a signal has any reading that is not rejected. */
function isKept(
  { reason, numeric, payload }: SignalCounts,
  kinds: ReadonlyMap<string, Kind>,
): boolean {
  return reason === null && (numeric > 0 || kinds.get(payload) === "text");
}

/**
 * Returns a module's columns in natural order: those of its own signals, of its phase's and of the
 * system's; for the same module, always the same array.
 */
export type ColumnsOf = (phase: string, module: string) => SignalColumn[];

/** Makes a function that returns the columns of modules. The totals must not change. */
export function createColumnsOf(totals: SignalTotals): ColumnsOf {
  const kinds = kindsOf(totals);
  const kept = [...totals.values()].filter((signal) => isKept(signal, kinds));
  // Modules have mostly the same columns, so these are put in order once.
  const columns = [...new Set(kept.map(({ column }) => column))].sort(compareNatural);
  const ranks = new Map(columns.map((column, i) => [column, i]));
  const create = (phase: string, module: string): SignalColumn[] => {
    const found = new Map<string, Kind>();
    for (const signal of kept) {
      if (!belongsTo(signal, phase, module)) continue;
      const kind = kinds.get(signal.payload)!;
      if (found.get(signal.column) !== "text") found.set(signal.column, kind);
    }
    return [...found].map(([name, kind]) => ({ name, kind }))
      .sort((a, b) => ranks.get(a.name)! - ranks.get(b.name)!);
  };
  const known = new Map<string, SignalColumn[]>();
  return (...module) => known.getOrInsertComputed(JSON.stringify(module), () => create(...module));
}

/** Whether a signal is one of a module's: its own, its phase's or the system's. */
export function belongsTo(signal: Place, phase: string, module: string): boolean {
  return (signal.phase === null || signal.phase === phase) &&
    (signal.module === null || signal.module === module);
}

/** Computes a digest of everything that a day's files depend on besides its own readings. */
export type Digester = (day: {
  signalCounts: readonly Pick<SignalCounts, "payload">[];
  modules: readonly (readonly [phase: string, module: string])[];
}) => string;

/**
 * Makes a digester of the kinds of payload types and the columns of modules.
 *
 * @param totals The sums of all days; they must not change afterwards.
 */
export function createDigester(
  totals: SignalTotals,
  columnsOf: ColumnsOf = createColumnsOf(totals),
): Digester {
  const kinds = kindsOf(totals);
  const columns = new Map<string, string>();
  return ({ signalCounts, modules }) => {
    const hash = createHash("sha256");
    for (const payload of [...new Set(signalCounts.map(({ payload }) => payload))].sort()) {
      hash.update(JSON.stringify([payload, kinds.get(payload)]));
    }
    for (const module of modules) {
      const key = JSON.stringify(module);
      hash.update(key);
      hash.update(columns.getOrInsertComputed(key, () => JSON.stringify(columnsOf(...module))));
    }
    return hash.digest("base64url");
  };
}
