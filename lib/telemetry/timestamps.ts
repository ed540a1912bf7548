/**
 * Instants: how timestamps of any unit become seconds, and days become names.
 *
 * @module
 */

/** What a stored integer timestamp counts; the unit of `epoch` follows from its magnitude. */
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
 * touch, so a plain integer's magnitude shows its unit.
 *
 * @param origin Seconds since the epoch that the result counts from: whole, so that what remains
 * is small enough for a float64 to be exact to the nanosecond.
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
  // Again from nearby: a float64 can't hold the nanoseconds since 1970.
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
