/**
 * The states of the system over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { BatteryDay } from "../../battery/mod.ts";
import { compareNatural, DAY } from "../../telemetry/mod.ts";
import { timeScale } from "./axes.ts";
import { isFault, isUsual, joinRuns, type Run, statesByPlace } from "../states.ts";
import { sentences, shorten, spanOf } from "../words.ts";
import { draw, emptyChart, type Figure, type Plotted, QUIET, WIDTH } from "./figure.ts";
import type { Span } from "./rows.ts";
import type { ChartOptions } from "./signals.ts";

/** States beyond this many, the rarest ones, are drawn as one. */
const MAX_STATES = 24;
/** Longer states are shortened, in characters. */
const MAX_STATE_LENGTH = 24;
/** Bars narrower than this, in pixels, are drawn as ticks. */
const MIN_BAR_WIDTH = 2;

/** The colour of a state: grey for normal operation, red for faults, blue for others. */
function stateColor(state: string): string {
  return isUsual(state) ? QUIET : isFault(state) ? "#d1403a" : "#2480bd";
}

/** A run, drawn in a row of the chart. */
interface Bar extends Run {
  row: string;
}

/**
 * The states of the system over time, with a row for each state, and for each place that reports its
 * own. Runs shorter than a few pixels are drawn as ticks.
 */
export function systemState(days: readonly BatteryDay[], options: ChartOptions = {}): Figure {
  const title = "State of the system";
  const places = statesByPlace(days);
  if (places.size === 0) return emptyChart(title, "no reading of such a signal");
  const span = options.span ??
    { from: days[0]!.day * 1000, to: (days.at(-1)!.day + DAY) * 1000 };
  const bars = [...places].flatMap(([place, runs]) =>
    barsOf(runs, (span.to - span.from) / 1000 / WIDTH / 5).map((bar) =>
      places.size === 1 ? bar : { ...bar, row: `${place}: ${bar.row}` }
    )
  );
  const newest = bars.reduce((most, { to }) => Math.max(most, to), 0);
  const rows = [...new Set(bars.map(({ row }) => row))].sort(compareNatural);
  return {
    title,
    description: `When the system was in which state (${rows.join(", ")}), ${spanOf(span)}.`,
    caption: sentences(
      spanOf(span),
      "Grey: idle, ready, run, standby; red: faults; thin lines: too short to be drawn to scale",
      options.source,
    ),
    plot: drawBars(bars, rows, span),
    newest: (newest * 1000 - span.from) / (span.to - span.from),
  };
}

/** The bars of a place; runs of a state that are at most `gap` seconds apart are one bar. */
function barsOf(runs: readonly Run[], gap: number): Bar[] {
  const seconds = (runs: readonly Run[]) => runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const ranked = [...Map.groupBy(runs, ({ state }) => state)]
    .sort(([, a], [, b]) => seconds(b) - seconds(a));
  const others = `${ranked.length - MAX_STATES} other states`;
  const rows = Map.groupBy(
    ranked.flatMap(([state, runs], i) => {
      const row = i < MAX_STATES ? state : others;
      return runs.map((run) => ({ ...run, row, state: row }));
    }),
    ({ row }) => row,
  );
  return [...rows].flatMap(([row, runs]) => joinRuns(runs, gap).map((run) => ({ ...run, row })));
}

function drawBars(
  bars: readonly Bar[],
  rows: readonly string[],
  axis: Span,
): Plotted {
  const longest = Math.max(...rows.map(({ length }) => Math.min(length, MAX_STATE_LENGTH)));
  const marginLeft = 30 + longest * 7;
  const pixel = (axis.to - axis.from) / 1000 / (WIDTH - marginLeft - 20);
  const isWide = ({ from, to }: Bar) => to - from >= MIN_BAR_WIDTH * pixel;
  const words = ({ row, from, to }: Bar) =>
    `${row}: ${spanOf({ from: from * 1000, to: to * 1000 })}`;
  return draw({
    height: 56 + rows.length * 22,
    marginLeft,
    marginTop: 10,
    marginBottom: 40,
    x: timeScale(axis, 6),
    y: {
      domain: rows,
      label: null,
      tickFormat: (row: string) => shorten(row, MAX_STATE_LENGTH),
      tickSize: 0,
    },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barX(bars.filter(isWide), {
        x1: ({ from }: Bar) => from * 1000,
        x2: ({ to }: Bar) => to * 1000,
        y: "row",
        fill: ({ state }: Bar) => stateColor(state),
        title: words,
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.tickX(bars.filter((bar) => !isWide(bar)), {
        x: ({ from, to }: Bar) => (from + to) * 500,
        y: "row",
        stroke: ({ state }: Bar) => stateColor(state),
        strokeWidth: 1.5,
        title: words,
      }),
    ],
  });
}
