/**
 * Parses timestamps of other forms (integers and decimals of any unit, ISO 8601) as nanoseconds
 * since the epoch. They are exact: excess digits are truncated, not rounded.
 *
 * @module
 */
import { type Parsed, REJECTED } from "./malformed.ts";
import { isInRange, unitByMagnitude } from "./timestamps.ts";

const OUT_OF_RANGE = { reason: REJECTED.range };

/** How many decimals a unit has down to the nanosecond. */
const DECIMALS = { s: 9, ms: 6, us: 3, ns: 0 } as const;

/** Checks that an instant, in nanoseconds since the epoch, is from 2000 to 2100. */
export function instantOf(nanoseconds: bigint): Parsed<bigint> {
  return isInRange(nanoseconds) ? { value: nanoseconds } : OUT_OF_RANGE;
}

/** A number. */
const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;

/**
 * ISO 8601 with or without separators, with `T` or a space, with or without an offset, after which
 * the zone's name may follow in brackets (RFC 9557). Decimals beyond the nanosecond are ignored.
 */
const ISO = new RegExp(
  String.raw`^(\d{4}-?\d\d-?\d\d)` +
    String.raw`(?:[Tt ](\d\d(?::?[0-5]\d){0,2}(?:[.,]\d{1,9})?)(?:(?<=[.,]\d{9})\d+)?)? ?` +
    String.raw`(?:(Z|z|UTC|GMT|[+-]\d\d(?::?[0-5]\d){0,2})(?:\[[^\]]*\])?)?$`,
);

/**
 * Parses an instant: a number, whose unit follows from its magnitude, or ISO 8601, which is UTC
 * unless it has an offset.
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

/** Whether a text is an instant in ISO 8601 without an offset, so that it is taken as UTC. */
export function lacksZone(text: string): boolean {
  const iso = ISO.exec(text.trim());
  return iso !== null && iso[3] === undefined;
}

function fromNumber([, sign, whole, fraction = "", exponent = "0"]: string[]): Parsed<bigint> {
  const integer = whole!.replace(/^0+(?=\d)/, "");
  const digits = integer + fraction;
  const point = integer.length + Number(exponent);
  // In no unit is a negative number, or one with more or fewer digits, from 2000 to 2100.
  if (sign === "-" || !(point > 0 && point < 20)) return OUT_OF_RANGE;
  const inUnit = digits.slice(0, point).padEnd(point, "0");
  const unit = unitByMagnitude(Number(inUnit));
  if (unit === null) return OUT_OF_RANGE;
  const rest = digits.slice(point, point + DECIMALS[unit]).padEnd(DECIMALS[unit], "0");
  return instantOf(BigInt(inUnit + rest));
}

function fromIso([, date, time = "00", offset = "Z"]: string[]): Parsed<bigint> {
  const zone = /^[+-]/.test(offset) ? offset : "Z";
  try {
    return instantOf(Temporal.Instant.from(`${date}T${time}${zone}`).epochNanoseconds);
  } catch {
    return { reason: REJECTED.unreadable }; // month 13, for example
  }
}
