/**
 * Reads timestamps of other forms (integers and decimals of any unit, ISO 8601) as nanoseconds since
 * the epoch. They are exact: excess digits are cut off, not rounded.
 *
 * @module
 */
import { type Parsed, REJECTED } from "./malformed.ts";
import { EARLIEST, LATEST, magnitude } from "./timestamps.ts";

const BILLION = 1_000_000_000n;
const [FIRST, LAST] = [BigInt(EARLIEST) * BILLION, BigInt(LATEST) * BILLION];
const OUT_OF_RANGE = { reason: REJECTED.range };

/** How many decimals of a unit are nanoseconds. */
const DECIMALS = { s: 9, ms: 6, us: 3, ns: 0 } as const;

/** Nanoseconds since the epoch as an instant, which must be from 2000 to 2100. */
export function instantOf(nanoseconds: bigint): Parsed<bigint> {
  return nanoseconds >= FIRST && nanoseconds <= LAST ? { value: nanoseconds } : OUT_OF_RANGE;
}

/**
 * A number, and ISO 8601 with or without separators, with `T` or a blank, with or without a zone,
 * after which its name may stand in brackets.
 */
const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const ISO = new RegExp(
  String.raw`^(\d{4})-?(\d\d)-?(\d\d)` +
    String.raw`(?:[Tt ]([01]\d|2[0-3]):?([0-5]\d)(?::?([0-5]\d)(?:[.,](\d+))?)?)? ?` +
    String.raw`(?:(?:Z|z|UTC|GMT|([+-])([01]\d|2[0-3]):?([0-5]\d)?:?([0-5]\d)?)(?:\[[^\]]*\])?)?$`,
);

/**
 * The instant that a text names: a number of any unit, told by its magnitude, or ISO 8601, which is
 * UTC unless it has a zone.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseInstant } from "./instants.ts";
 * const wanted = { value: 1_720_828_800_100_000_000n };
 * assert.deepEqual(parseInstant("1720828800.1"), wanted);
 * assert.deepEqual(parseInstant("2024-07-13T02:00:00.1+02:00"), wanted);
 * ```
 */
export function parseInstant(text: string): Parsed<bigint> {
  const trimmed = text.trim();
  const number = NUMBER.exec(trimmed);
  if (number !== null) return fromNumber(number);
  const iso = ISO.exec(trimmed);
  return iso === null ? { reason: REJECTED.unreadable } : fromIso(iso);
}

function fromNumber([, sign, whole, fraction = "", exponent = "0"]: string[]): Parsed<bigint> {
  const integer = whole!.replace(/^0+(?=\d)/, "");
  const [digits, point] = [integer + fraction, integer.length + Number(exponent)];
  // No unit puts a negative number, or one of other lengths, into the range.
  if (sign === "-" || !(point > 0 && point < 20)) return OUT_OF_RANGE;
  const inUnit = digits.slice(0, point).padEnd(point, "0");
  const unit = magnitude(Number(inUnit));
  if (unit === null) return OUT_OF_RANGE;
  const rest = digits.slice(point, point + DECIMALS[unit]).padEnd(DECIMALS[unit], "0");
  return instantOf(BigInt(inUnit + rest));
}

function fromIso([, year, month, day, hour, minute, second, fraction, ...zone]: string[]) {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const time = Number(hour ?? 0) * 3600 + Number(minute ?? 0) * 60 + Number(second ?? 0);
  // A day that its month does not have would be one of the next month.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
    return { reason: REJECTED.unreadable };
  }
  const seconds = date.getTime() / 1000 + time - offsetOf(zone);
  const nanoseconds = fraction === undefined ? 0n : BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return instantOf(BigInt(seconds) * BILLION + nanoseconds);
}

/** Seconds by which a zone is ahead of UTC. */
function offsetOf([sign, hours, minutes, seconds]: string[]): number {
  if (sign === undefined) return 0;
  const offset = Number(hours) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return sign === "-" ? -offset : offset;
}
