/**
 * Finds where a reading belongs, and the name of its column, from its tags.
 *
 * @module
 */

/** A reading's tags: [key, value] pairs in the order of the file. */
export type Tags = readonly (readonly [key: string, value: string])[];

/** What a reading is about: a module, a phase or the whole system. */
export interface Place {
  /** The phase; null for the whole system. */
  phase: string | null;
  /** The module; null for a phase (and so for all its modules), and for the whole system. */
  module: string | null;
}

/** A signal, identified by its payload type and tags. */
export interface Signal extends Place {
  /** The payload type, which decides whether the signal is numeric or text. */
  payload: string;
  /** The name of the column. */
  column: string;
  /** Why its readings are rejected; null if they are not. */
  reason: string | null;
  /** Its tags; if several lists of tags belong to the signal, those of the first reading. */
  tags: Tags;
}

/** The tag that says who forwarded a message; it is not part of a signal's identity. */
export const MESSAGE_SOURCE = "message_source";

/** The first columns of every hour file; no signal may have one of these names. */
export const FIXED_COLUMNS = ["timestamp", "phase", "module"] as const;

/** The longest folder name that common file systems allow, in bytes. */
const LONGEST_NAME = 255;

/**
 * Finds the signal of a payload type and tags.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signalOf } from "./tags.ts";
 * const signal = signalOf("cell_voltage", [["phase", "1"], ["module", "2"], ["cell", "3"]]);
 * assert.ok(signal.column === "cell_voltage_cell_3" && signal.module === "2");
 * ```
 */
export function signalOf(payload: string, tags: Tags): Signal {
  const place: Place = { phase: null, module: null };
  let column = payload;
  let reason: string | null = null;
  for (const [key, value] of tags) {
    if (key === "phase" || key === "module") {
      if (place[key] !== null) reason = `more than one ${key} tag`;
      else if (value === "") reason = `an empty ${key} tag`;
      place[key] = value;
    } else if (key !== MESSAGE_SOURCE) column += `_${key}_${value}`;
  }
  const { phase, module } = place;
  if (payload === "") reason ??= "an empty payload_type";
  if (module !== null && phase === null) reason ??= "a module without a phase";
  if ((FIXED_COLUMNS as readonly string[]).includes(column)) {
    reason ??= `a signal called ${column}, like a column that every file has`;
  }
  if (phase !== null && folderOf(phase, module ?? "").length > LONGEST_NAME) {
    reason ??= "phase and module too long for a folder's name";
  }
  return { ...place, payload, column, reason, tags };
}

/**
 * The folder of a module's hour files. Everything but letters, digits and `-` is percent-encoded,
 * so that no tag value leaves the output folder and no two modules share one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { folderOf } from "./tags.ts";
 * assert.ok(folderOf("1", "../x_2") === "1_%2E%2E%2Fx%5F2");
 * ```
 */
export function folderOf(phase: string, module: string): string {
  return `${encode(phase)}_${encode(module)}`;
}

/**
 * The name of a module for people, given its folder: the phase and the module as they were reported,
 * separated by a slash if one of them has an underscore of its own.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { folderOf, moduleName } from "./tags.ts";
 * assert.equal(moduleName(folderOf("A", "1")), "A_1");
 * assert.equal(moduleName(folderOf("Rack_3", "1")), "Rack_3 / 1");
 * ```
 */
export function moduleName(folder: string): string {
  const parts = folder.split("_").map(decodeURIComponent);
  return parts.join(parts.some((part) => part.includes("_")) ? " / " : "_");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[_.!~*'()]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * Compares names in natural order: runs of digits as numbers (`cell_2` before `cell_10`),
 * everything else by code unit. Names that differ only in leading zeros are compared by code unit.
 * The order of `Intl.Collator` may differ from one version of Unicode to the next.
 */
export function compareNatural(a: string, b: string): number {
  const [partsA, partsB] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let i = 0; i < partsA.length && i < partsB.length; i++) {
    const [x, y] = [partsA[i]!, partsB[i]!];
    // Odd parts are digits. Without leading zeros, the one with more digits is larger.
    const order = i % 2 === 1 ? compareDigits(x, y) : compareUnits(x, y);
    if (order !== 0) return order;
  }
  return partsA.length - partsB.length || compareUnits(a, b);
}

function compareDigits(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, "")];
  return x.length - y.length || compareUnits(x, y);
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
