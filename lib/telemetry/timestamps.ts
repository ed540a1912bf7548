/**
 * Instants: how timestamps of any unit become seconds, and days become names.
 *
 * @module
 */

import { NO_READING } from "./malformed.ts";

/** What a stored integer timestamp counts; `epoch` is told apart by magnitude. */
export type TimeUnit = "epoch" | "ms" | "us" | "ns";

/** Seconds in a day. */
export const DAY = 86_400;

/** Timestamps before this (2000-01-01) or after {@linkcode LATEST} are taken for errors. */
export const EARLIEST = 946_684_800;
/** 2100-01-01 in seconds since the epoch. */
export const LATEST = 4_102_444_800;

const PER_SECOND = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const;

/**
 * Reads a 64-bit little-endian timestamp.
 *
 * Between 2000 and 2100 the ranges of seconds, milliseconds, microseconds and nanoseconds do not
 * touch, so that a plain integer's magnitude tells its unit.
 *
 * @param origin Seconds since the epoch that the result counts from: whole, so that what remains
 * is small enough for a float64 to tell nanoseconds apart.
 * @returns Seconds since `origin`, or NaN if the instant lies before 2000 or after 2100.
 */
export function secondsIn(view: DataView, at: number, unit: TimeUnit, origin: number): number {
  const [low, high] = [view.getUint32(at, true), view.getInt32(at + 4, true)];
  const value = high * 0x1_0000_0000 + low; // exact but for nanoseconds
  const found = unit === "epoch" ? magnitude(value) : unit;
  if (found === null) return NaN;
  if (found === "ns") {
    const exact = view.getBigInt64(at, true);
    return isInRange(exact) ? Number(exact - BigInt(origin) * BILLION) / 1e9 : NaN;
  }
  const scale = PER_SECOND[found];
  const seconds = (value - origin * scale) / scale;
  return seconds + origin >= EARLIEST && seconds + origin <= LATEST ? seconds : NaN;
}

/**
 * The whole second since the epoch that a 64-bit little-endian timestamp lies in, or NaN.
 *
 * @throws {RangeError} If there are no 8 bytes at `at`.
 */
export function secondAt(view: DataView, at: number, unit: TimeUnit): number {
  const near = Math.floor(secondsIn(view, at, unit, 0));
  // Once more from near by: nanoseconds since 1970 are too fine for a float64.
  return near + Math.floor(secondsIn(view, at, unit, near || 0));
}

const BILLION = 1_000_000_000n;

/** Whether an instant in nanoseconds since the epoch lies from 2000 to 2100. */
function isInRange(nanoseconds: bigint): boolean {
  return nanoseconds >= BigInt(EARLIEST) * BILLION && nanoseconds <= BigInt(LATEST) * BILLION;
}

/** The unit of a plain integer timestamp, or null if it lies before 2000 or after 2100 in all. */
export function magnitude(value: number): "s" | "ms" | "us" | "ns" | null {
  for (const unit of ["s", "ms", "us", "ns"] as const) {
    if (value >= EARLIEST * PER_SECOND[unit] && value <= LATEST * PER_SECOND[unit]) return unit;
  }
  return null;
}

/** The name of a day, as in `2024-07-13`. `day` is its start in seconds since the epoch. */
export function dayName(day: number): string {
  return new Date(day * 1000).toISOString().slice(0, 10);
}

/**
 * An instant in ISO 8601, with as many decimals as it needs.
 *
 * @param day The start of a day in seconds since the epoch.
 * @param seconds Seconds since then.
 */
export function isoTime(day: number, seconds: number): string {
  const whole = Math.floor(seconds);
  const nanoseconds = Math.round((seconds - whole) * 1e9);
  const fraction = nanoseconds === 0 ? "" : `.${String(nanoseconds).padStart(9, "0")}`;
  const text = new Date((day + whole) * 1000).toISOString().slice(0, 19);
  return `${text}${fraction.replace(/0+$/, "")}Z`;
}

/** A moment that is exact to the nanosecond, and the day that it lies in. */
export interface Instant {
  /** The start of the day in seconds since the epoch. */
  day: number;
  /** Nanoseconds since the epoch. */
  nanoseconds: bigint;
}

/**
 * Reads a timestamp from text: a number of `unit`, or ISO 8601 with or without a zone (then UTC).
 *
 * @returns The instant, or why there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseInstant } from "./timestamps.ts";
 * const [a, b] = [parseInstant("1720828800", "epoch"), parseInstant("2024-07-13", "epoch")];
 * assert.ok(typeof a === "object" && typeof b === "object" && a.nanoseconds === b.nanoseconds);
 * ```
 */
export function parseInstant(text: string, unit: TimeUnit): Instant | string {
  const nanoseconds = /^\s*[+-]?\d+(\.\d*)?(e\+?\d+)?\s*$/i.test(text)
    ? scaled(text.trim(), unit)
    : isoNanoseconds(text.trim());
  if (nanoseconds === null) return "a timestamp that can't be read";
  if (!isInRange(nanoseconds)) return NO_READING.range;
  return { day: Number(nanoseconds / BILLION / BigInt(DAY)) * DAY, nanoseconds };
}

/** A number as nanoseconds; 0, and so out of range, if its magnitude fits no unit. */
function scaled(text: string, unit: TimeUnit): bigint {
  const found = unit === "epoch" ? magnitude(Number(text)) : unit;
  if (found === null) return 0n;
  const scale = BigInt(1e9 / PER_SECOND[found]);
  if (/^[+-]?\d+$/.test(text)) return BigInt(text) * scale;
  const whole = Math.trunc(Number(text));
  return BigInt(whole) * scale + BigInt(Math.round((Number(text) - whole) * Number(scale)));
}

function isoNanoseconds(text: string): bigint | null {
  const zoned = /Z|[+-]\d\d|\[/i.test(text.slice(10));
  try {
    if (zoned) return Temporal.Instant.from(text).epochNanoseconds;
    return Temporal.PlainDateTime.from(text).toZonedDateTime("UTC").epochNanoseconds;
  } catch {
    return null;
  }
}
