/**
 * The states of the system over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import pl from "nodejs-polars";
import { compareNatural } from "../../telemetry/mod.ts";
import { type Axis, axisOf, rowsOf } from "./envelope.ts";
import { COLORS, draw, figure, QUIET } from "./figure.ts";
import {
  caption,
  type ChartOptions,
  nothing,
  pick,
  shorten,
  SIGNALS,
  spanOf,
  timeScale,
  WIDTH,
} from "./parts.ts";

/** More states than this are not told apart; the rarest are one. */
const MOST_STATES = 24;

/** A bar of the chart. */
interface Bar {
  row: string;
  first: number;
  last: number;
}

/**
 * The states of the system over time, a row for each: of each phase where they differ, and of each
 * signal where there are several.
 */
export function systemState(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const { width = WIDTH } = options;
  const title = "State of the system";
  const names = pick(frame, SIGNALS.state, options);
  const axis = axisOf(rowsOf(frame).times, 400, options.span);
  if (names.length === 0 || axis === null) return nothing(title, "no such signal", options);
  const bars = names.flatMap((name) =>
    barsOf(frame, name, axis).map((bar) =>
      names.length === 1 ? bar : { ...bar, row: `${name}: ${bar.row}` }
    )
  );
  if (bars.length === 0) return nothing(title, "no reading of such a signal", options);
  const all = [...new Set(bars.map(({ row }) => row))].sort(compareNatural);
  const longest = all.reduce((most, row) => Math.max(most, Math.min(row.length, MOST_LETTERS)), 0);
  const time = (pixel: number) => new Date(axis.from + pixel * axis.step);
  const plot = draw({
    width,
    height: 56 + all.length * 22,
    marginLeft: 30 + longest * 6.5,
    marginTop: 10,
    marginBottom: 40,
    x: timeScale(axis, 6),
    y: {
      domain: all,
      label: null,
      tickFormat: (row: string) => shorten(row, MOST_LETTERS),
      tickSize: 0,
    },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barX(bars, {
        x1: ({ first }: Bar) => time(first),
        x2: ({ last }: Bar) => time(last + 1),
        y: "row",
        fill: COLORS[0]!,
        title: "row",
        insetTop: 3,
        insetBottom: 3,
      }),
    ],
  });
  return figure([plot], {
    title,
    description: `When the system was in which state (${all.join(", ")}), ${spanOf(axis)}.`,
    caption: caption(options, spanOf(axis), "A bar: the system said that it was in this state"),
  }, width);
}

/** As many letters of a state are shown. */
const MOST_LETTERS = 24;

/** When a column named which state: for each phase, where that is not the same in all. */
function barsOf(frame: pl.DataFrame, name: string, axis: Axis): Bar[] {
  const { times, series, places } = rowsOf(frame);
  const { codes, states } = statesOf(frame, name);
  const phases = [...new Set(places.map(({ phase }) => phase))].sort(compareNatural);
  const phaseOf = places.map(({ phase }) => phases.indexOf(phase));
  const width = Math.ceil((axis.to - axis.from) / axis.step);
  const seen = phases.map(() => states.map(() => new Uint8Array(width)));
  codes.forEach((code, i) => {
    if (code < 0) return;
    seen[phaseOf[series[i]!]!]![code]![Math.floor((times[i]! - axis.from) / axis.step)] = 1;
  });
  const isSame = seen.every((phase) =>
    phase.every((row, code) => String(row) === String(seen[0]![code]!))
  );
  return (isSame ? seen.slice(0, 1) : seen).flatMap((phase, p) =>
    phase.flatMap((pixels, code) => {
      const row = isSame ? states[code]! : `phase ${phases[p]}: ${states[code]}`;
      const bars: Bar[] = [];
      pixels.forEach((isSeen, pixel) => {
        const bar = bars.at(-1);
        if (isSeen === 1 && bar?.last === pixel - 1) bar!.last = pixel;
        else if (isSeen === 1) bars.push({ row, first: pixel, last: pixel });
      });
      return bars;
    })
  );
}

/** The states that a column names, and which of them each row has; -1 for none. */
function statesOf(frame: pl.DataFrame, name: string): { codes: Int32Array; states: string[] } {
  const text = frame.select(pl.col(name).cast(pl.Utf8).alias("state")).getColumn("state");
  const codes = frame.select(
    pl.col(name).cast(pl.Utf8).cast(pl.Categorical).cast(pl.Int32).fillNull(pl.lit(-1)).alias(
      "code",
    ),
  ).getColumn("code").toTypedArray() as Int32Array;
  const counts = new Map<number, { count: number; row: number }>();
  codes.forEach((code, row) => {
    const found = counts.get(code);
    if (found === undefined) counts.set(code, { count: 1, row });
    else found.count++;
  });
  counts.delete(-1);
  const byCount = [...counts].sort(([, a], [, b]) => b.count - a.count || a.row - b.row);
  const states = byCount.slice(0, MOST_STATES).map(([, { row }]) => String(text.get(row)));
  const others = byCount.length - states.length;
  if (others > 0) states.push(`${others} other states`);
  const numbers = new Map(byCount.map(([code], i) => [code, Math.min(i, MOST_STATES)]));
  return { codes: codes.map((code) => numbers.get(code) ?? -1), states };
}
