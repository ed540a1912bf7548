/**
 * The states of the system over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import pl from "nodejs-polars";
import { compareNatural } from "../../telemetry/mod.ts";
import { timeScale } from "./axes.ts";
import { draw, type Figure, figure, type Plotted, QUIET } from "./figure.ts";
import { type Axis, axisOf, rowsOf } from "./frame.ts";
import { type ChartOptions, pick, SIGNALS, WIDTH } from "./signals.ts";
import { caption, emptyChart, shorten, spanOf } from "./words.ts";

/** The rarest states beyond this many are drawn as one. */
const MAX_STATES = 24;
/** The longest state that is shown whole, in characters. */
const MAX_STATE_LENGTH = 24;
/** Bars narrower than this, in pixels, are drawn as ticks. */
const MIN_BAR_WIDTH = 2;

/** A stretch of time in which a row of the chart is on: [from, to) in columns of the axis. */
interface Bar {
  row: string;
  state: string;
  from: number;
  to: number;
}

/** Whether a state is one of usual operation: idle, ready, run, standby. */
export function isUsual(state: string): boolean {
  return /^(idle|ready|run|standby)$/i.test(state);
}

/** Whether a state says that something is wrong. */
export function isFault(state: string): boolean {
  return /error|emergency|fault|fail|alarm/i.test(state);
}

/** The colour of a state: grey for the usual ones, red for faults, blue for others. */
function stateColor(state: string): string {
  return isUsual(state) ? QUIET : isFault(state) ? "#d1403a" : "#2480bd";
}

/**
 * The states of the system over time, a row for each: of each phase where they differ, and of each
 * signal where there are several. What is shorter than a pixel is drawn as a tick.
 */
export function systemState(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const { width = WIDTH } = options;
  const title = "State of the system";
  const names = pick(frame, SIGNALS.state, options);
  // Five columns to a pixel: a bar is as wide as its state was long.
  const axis = axisOf(rowsOf(frame).times, width * 5, options.span);
  if (names.length === 0 || axis === null) return emptyChart(title, "no such signal", options);
  const bars = names.flatMap((name) =>
    barsOf(frame, name, axis).map((bar) =>
      names.length === 1 ? bar : { ...bar, row: `${name}: ${bar.row}` }
    )
  );
  if (bars.length === 0) return emptyChart(title, "no reading of such a signal", options);
  const rows = [...new Set(bars.map(({ row }) => row))].sort(compareNatural);
  return figure([drawBars(bars, rows, axis, width)], {
    title,
    description: `When the system was in which state (${rows.join(", ")}), ${spanOf(axis)}.`,
    caption: caption(
      options,
      spanOf(axis),
      "Grey: idle, ready, run, standby; red: faults; a thin line: shorter than a few pixels",
    ),
  }, width);
}

function drawBars(
  bars: readonly Bar[],
  rows: readonly string[],
  axis: Axis,
  width: number,
): Plotted {
  const longest = Math.max(...rows.map(({ length }) => Math.min(length, MAX_STATE_LENGTH)));
  const marginLeft = 30 + longest * 7;
  const columnWidth = ((width - marginLeft - 20) * axis.step) / (axis.to - axis.from);
  const time = (column: number) => new Date(axis.from + column * axis.step);
  const isWide = ({ from, to }: Bar) => (to - from) * columnWidth >= MIN_BAR_WIDTH;
  const words = ({ row, from, to }: Bar) =>
    `${row}: ${spanOf({ from: axis.from + from * axis.step, to: axis.from + to * axis.step })}`;
  return draw({
    width,
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
        x1: ({ from }: Bar) => time(from),
        x2: ({ to }: Bar) => time(to),
        y: "row",
        fill: ({ state }: Bar) => stateColor(state),
        title: words,
        insetTop: 3,
        insetBottom: 3,
      }),
      Plot.tickX(bars.filter((bar) => !isWide(bar)), {
        x: ({ from, to }: Bar) => time((from + to) / 2),
        y: "row",
        stroke: ({ state }: Bar) => stateColor(state),
        strokeWidth: 1.5,
        title: words,
      }),
    ],
  });
}

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
    phase.every((row, code) => row.every((on, i) => on === seen[0]![code]![i]))
  );
  return (isSame ? seen.slice(0, 1) : seen).flatMap((phase, p) =>
    phase.flatMap((columns, code) => {
      const state = states[code]!;
      const row = isSame ? state : `phase ${phases[p]}: ${state}`;
      return runsOf(columns).map(([from, to]) => ({ row, state, from, to }));
    })
  );
}

/** The runs of ones, as [from, to). */
function runsOf(flags: Uint8Array): [from: number, to: number][] {
  const runs: [from: number, to: number][] = [];
  for (let from = flags.indexOf(1); from >= 0; from = flags.indexOf(1, runs.at(-1)![1])) {
    const end = flags.indexOf(0, from);
    runs.push([from, end < 0 ? flags.length : end]);
  }
  return runs;
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
  const states = byCount.slice(0, MAX_STATES).map(([, { row }]) => String(text.get(row)));
  const others = byCount.length - states.length;
  if (others > 0) states.push(`${others} other states`);
  const numbers = new Map(byCount.map(([code], i) => [code, Math.min(i, MAX_STATES)]));
  return { codes: codes.map((code) => numbers.get(code) ?? -1), states };
}
