/**
 * Instants: how timestamps of any unit become seconds, and days become names.
 *
 * @module
 */

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
  const scale = PER_SECOND[found];
  const seconds = found === "ns"
    ? Number(view.getBigInt64(at, true) - BigInt(origin) * 1_000_000_000n) / 1e9
    : (value - origin * scale) / scale;
  return seconds + origin >= EARLIEST && seconds + origin <= LATEST ? seconds : NaN;
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
 * import { parseInstant } from "./time.ts";
 * const [a, b] = [parseInstant("1720828800", "epoch"), parseInstant("2024-07-13", "epoch")];
 * assert.ok(typeof a === "object" && typeof b === "object" && a.nanoseconds === b.nanoseconds);
 * ```
 */
export function parseInstant(text: string, unit: TimeUnit): Instant | string {
  const nanoseconds = /^\s*[+-]?\d+(\.\d*)?(e\+?\d+)?\s*$/i.test(text)
    ? scaled(text.trim(), unit)
    : isoNanoseconds(text.trim());
  if (nanoseconds === null) return "a timestamp that can't be read";
  const [earliest, latest] = [BigInt(EARLIEST) * BILLION, BigInt(LATEST) * BILLION];
  if (nanoseconds < earliest || nanoseconds > latest) {
    return "a timestamp before 2000 or after 2100";
  }
  return { day: Number(nanoseconds / BILLION / BigInt(DAY)) * DAY, nanoseconds };
}

const BILLION = 1_000_000_000n;

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
