/**
 * A line as small as a word.
 *
 * @module
 */
import { DAY } from "../../telemetry/mod.ts";
import { signed } from "../charts/words.ts";
import type { DayAxis } from "./time_axis.ts";

const [WIDTH, HEIGHT] = [120, 24];

/** Draws a deviation over all days, with a line at zero. */
export function sparkline(
  axis: DayAxis,
  days: readonly { day: number; median: number }[],
): string {
  const values = days.map(({ median }) => median);
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const x = (day: number) =>
    Math.round((((day - axis.from) / DAY + 0.5) / axis.length) * WIDTH * 10) / 10;
  const y = (value: number) =>
    Math.round((1 + ((high - value) / (high - low || 1)) * (HEIGHT - 2)) * 10) / 10;
  const points = days.map(({ day, median }) => `${x(day)},${y(median)}`);
  const [first, last] = [values[0]!, values.at(-1)!];
  const label = `from ${signed(first, 0)} to ${signed(last, 0)} mV`;
  return `<svg class="spark" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `width="${WIDTH}" height="${HEIGHT}"><path class="zero" d="M0 ${y(0)}h${WIDTH}"/>` +
    (points.length === 1
      ? `<circle cx="${x(days[0]!.day)}" cy="${y(first)}" r="2"/>`
      : `<path class="line middle" d="M${points.join("L")}"/>`) +
    "</svg>";
}
