/**
 * Formats numbers, times and names.
 *
 * @module
 */

/** A number with its thousands separated: `1,234`. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** A number of things: `1 day`, `2 days`. */
export function plural(number: number, thing: string): string {
  return `${count(number)} ${thing}${number === 1 ? "" : "s"}`;
}

/**
 * Shows what is invisible in text of the data as a dot: control characters, which a terminal would
 * obey, and a byte order mark, with which a column's name is not what it seems.
 */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/g, "\u00b7");
}

/** Seconds as a clock shows them: `0:07`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * Lays rows out in two columns, names to the left and numbers to the right. We would use nothing
 * else of a table library.
 */
export function columns(rows: readonly (readonly [name: string, number: string])[]): string {
  const shown = rows.map((row) => row.map(printable) as [string, string]);
  const left = Math.max(...shown.map(([name]) => name.length));
  const right = Math.max(...shown.map(([, number]) => number.length));
  return shown.map(([name, number]) => `${name.padEnd(left)}  ${number.padStart(right)}`)
    .join("\n");
}

/** Seconds as a flag takes them, in the largest unit that is exact: `90s`, `15m`, `1h`. */
export function duration(seconds: number): string {
  if (seconds > 0 && seconds % 3600 === 0) return `${seconds / 3600}h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** A share as a percentage; only 0 is shown as 0 %, and only 1 as 100 %. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return "under 1 %";
  return share < 1 && share > 0.99 ? "over 99 %" : `${Math.round(share * 100)} %`;
}
