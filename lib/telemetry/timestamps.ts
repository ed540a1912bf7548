/**
 * Converts timestamps of any unit to seconds, and days to names.
 *
 * @module
 */

/** The unit of a stored timestamp; for `epoch`, it follows from the magnitude of the number. */
export type TimeUnit = "epoch" | "ms" | "us" | "ns";

/** Seconds in a day. */
export const DAY = 86_400;

/** 2000-01-01 and 2100-01-01 in seconds since the epoch: timestamps beyond them are rejected. */
const EARLIEST = 946_684_800, LATEST = 4_102_444_800;

const PER_SECOND = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 } as const;

/**
 * Reads a 64-bit little-endian timestamp.
 *
 * From 2000 to 2100, the ranges of seconds, milliseconds, microseconds and nanoseconds do not
 * overlap, so the magnitude of a plain integer shows its unit.
 *
 * @param origin Whole seconds since the epoch from which the result counts. Near it, a float64 is
 * exact to the nanosecond.
 * @returns Seconds since `origin`, or NaN if the instant is before 2000 or after 2100.
 */
export function secondsIn(view: DataView, at: number, unit: TimeUnit, origin: number): number {
  const low = view.getUint32(at, true);
  const high = view.getInt32(at + 4, true);
  const value = high * 0x1_0000_0000 + low; // exact, except for nanoseconds
  const found = unit === "epoch" ? unitByMagnitude(value) : unit;
  if (found === null) return NaN;
  if (found === "ns") {
    const exact = view.getBigInt64(at, true);
    return isInRange(exact) ? Number(exact - BigInt(origin) * NANOSECONDS_PER_SECOND) / 1e9 : NaN;
  }
  const scale = PER_SECOND[found];
  const seconds = (value - origin * scale) / scale;
  return seconds + origin >= EARLIEST && seconds + origin <= LATEST ? seconds : NaN;
}

/**
 * The whole second since the epoch that contains a 64-bit little-endian timestamp, or NaN if it is
 * out of range.
 *
 * @throws {RangeError} If there are no 8 bytes at `at`.
 */
export function wholeSecondIn(view: DataView, at: number, unit: TimeUnit): number {
  const near = Math.floor(secondsIn(view, at, unit, 0));
  // Computed again from a near origin, because a float64 can't hold nanoseconds since 1970.
  return near + Math.floor(secondsIn(view, at, unit, near || 0));
}

/** Nanoseconds in a second. */
export const NANOSECONDS_PER_SECOND = 1_000_000_000n;
/** Nanoseconds in a day. */
export const NANOSECONDS_PER_DAY: bigint = BigInt(DAY) * NANOSECONDS_PER_SECOND;

/** Whether an instant in nanoseconds since the epoch is from 2000 to 2100. */
export function isInRange(nanoseconds: bigint): boolean {
  return nanoseconds >= BigInt(EARLIEST) * NANOSECONDS_PER_SECOND &&
    nanoseconds <= BigInt(LATEST) * NANOSECONDS_PER_SECOND;
}

/** The unit that puts a plain integer timestamp between 2000 and 2100, or null if none does. */
export function unitByMagnitude(value: number): "s" | "ms" | "us" | "ns" | null {
  for (const unit of ["s", "ms", "us", "ns"] as const) {
    if (value >= EARLIEST * PER_SECOND[unit] && value <= LATEST * PER_SECOND[unit]) return unit;
  }
  return null;
}

/** The name of a day, such as `2024-07-13`. `day` is its start in seconds since the epoch. */
export function dayName(day: number): string {
  return new Date(day * 1000).toISOString().slice(0, 10);
}

/** The start of the day with such a name, in seconds since the epoch; null if there is none. */
export function parseDay(name: string): number | null {
  const day = Date.parse(`${name}T00:00:00Z`) / 1000;
  return Number.isFinite(day) && dayName(day) === name ? day : null;
}

/**
 * Formats an instant in ISO 8601, with as many decimals as it needs.
 *
 * @param day The start of a day in seconds since the epoch.
 * @param seconds Seconds since the start of the day.
 */
export function isoTime(day: number, seconds: number): string {
  const nanoseconds = BigInt(Math.round(seconds * 1e9));
  return new Temporal.Instant(BigInt(day) * NANOSECONDS_PER_SECOND + nanoseconds).toString();
}
