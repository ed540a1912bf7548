/**
 * The states of the system over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type BatteryDay, isOrdinary, type JoinedRun, runsWhere } from "../../battery/mod.ts";
import { compareNatural, DAY } from "../../telemetry/mod.ts";
import { timeScale } from "./axes.ts";
import { isFault, statesByPlace } from "../states.ts";
import { sentences, shorten, spanOf } from "../words.ts";
import { draw, emptyChart, type Figure, type Plotted, QUIET, WIDTH } from "./figure.ts";
import type { Span } from "./module_rows.ts";
import { greatestIn, mostOf, sumOf } from "../aggregates.ts";
import type { ChartOptions } from "./signals.ts";

/** States beyond this many, the rarest ones, are drawn as one. */
const MAX_STATES = 24;
/** Longer states are shortened, in characters. */
const MAX_STATE_LENGTH = 24;
/** The colour of a state: grey for normal operation, red for faults, blue for others. */
function stateColor(state: string): string {
  return isOrdinary(state) ? QUIET : isFault(state) ? "#d1403a" : "#2480bd";
}

/** A stretch of time in a state. */
type StateStretch = Pick<JoinedRun, "state" | "from" | "to">;

/** A stretch, drawn in a row of the chart. */
interface Bar extends StateStretch {
  row: string;
}

/**
 * The states of the system over time, with a row for each state, and for each place that reports its
 * own.
 */
export function systemState(days: readonly BatteryDay[], options: ChartOptions = {}): Figure {
  const title = "State of the system";
  const places = statesByPlace(days);
  if (places.length === 0) return emptyChart(title, "no reading of such a signal");
  const span = options.span ??
    { from: days[0]!.day * 1000, to: (days.at(-1)!.day + DAY) * 1000 };
  const gap = (span.to - span.from) / 1000 / WIDTH / 5;
  const bars = places.flatMap(([place, runs]) =>
    fewStates(runs, gap).map((run): Bar => ({
      ...run,
      row: places.length === 1 ? run.state : `${place}: ${run.state}`,
    }))
  );
  const newest = mostOf(bars, ({ to }) => to).to;
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

/**
 * The runs of a place, joined if they are at most `gap` seconds apart. The rarest states are shown
 * as one; faults count as frequent, because they matter most.
 */
function fewStates(runs: readonly StateStretch[], gap: number): StateStretch[] {
  const seconds = (runs: readonly StateStretch[]) => sumOf(runs, ({ from, to }) => to - from);
  const ranked = [...Map.groupBy(runs, ({ state }) => state)]
    .sort(([a, x], [b, y]) => Number(isFault(b)) - Number(isFault(a)) || seconds(y) - seconds(x))
    .map(([state]) => state);
  const frequent = ranked.slice(0, MAX_STATES);
  const others = `${ranked.length - frequent.length} other states`;
  const byState = Map.groupBy(runs, ({ state }) => frequent.includes(state) ? state : others);
  return [...byState].flatMap(([state, runs]) =>
    runsWhere(runs, (a, b) => b.from - a.to <= gap)
      .map((joined) => ({ state, from: joined[0].from, to: joined.at(-1)!.to }))
  );
}

function drawBars(bars: readonly Bar[], rows: readonly string[], span: Span): Plotted {
  const longest = greatestIn(rows.map(({ length }) => Math.min(length, MAX_STATE_LENGTH)));
  const color = ({ state }: Bar) => stateColor(state);
  return draw({
    height: 56 + rows.length * 22,
    marginLeft: 30 + longest * 7,
    marginTop: 10,
    marginBottom: 40,
    x: timeScale(span, 6),
    y: {
      domain: rows,
      label: null,
      tickFormat: (row: string) => shorten(row, MAX_STATE_LENGTH),
      tickSize: 0,
    },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barX(bars, {
        x1: ({ from }: Bar) => from * 1000,
        x2: ({ to }: Bar) => to * 1000,
        y: "row",
        fill: color,
        // However short a state is, its edge is seen.
        stroke: color,
        title: ({ row, from, to }: Bar) =>
          `${row}: ${spanOf({ from: from * 1000, to: to * 1000 })}`,
        insetTop: 3,
        insetBottom: 3,
      }),
    ],
  });
}
