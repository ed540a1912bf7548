/**
 * The states of the system over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { TextColumn } from "../../hours/mod.ts";
import { compareNatural } from "../../telemetry/mod.ts";
import { timeScale } from "./axes.ts";
import { draw, type Figure, type Plotted, QUIET } from "./figure.ts";
import { type Axis, axisOf, type ModuleRows } from "./rows.ts";
import { type ChartOptions, SIGNALS, WIDTH } from "./signals.ts";
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
export function systemState(modules: readonly ModuleRows[], options: ChartOptions = {}): Figure {
  const { width = WIDTH } = options;
  const title = "State of the system";
  const all = modules.flatMap(({ numbers, texts }) => [...numbers.keys(), ...texts.keys()]);
  const names = [...new Set(all)].filter((name) => SIGNALS.state.test(name)).sort(compareNatural);
  // Five columns to a pixel: a bar is as wide as its state was long.
  const axis = axisOf(modules, width * 5, options.span);
  if (names.length === 0 || axis === null) return emptyChart(title, "no such signal", options);
  const bars = names.flatMap((name) =>
    barsOf(modules, name, axis).map((bar) =>
      names.length === 1 ? bar : { ...bar, row: `${name}: ${bar.row}` }
    )
  );
  if (bars.length === 0) return emptyChart(title, "no reading of such a signal", options);
  const rows = [...new Set(bars.map(({ row }) => row))].sort(compareNatural);
  return {
    title,
    description: `When the system was in which state (${rows.join(", ")}), ${spanOf(axis)}.`,
    caption: caption(
      options,
      spanOf(axis),
      "Grey: idle, ready, run, standby; red: faults; a thin line: shorter than a few pixels",
    ),
    plots: [drawBars(bars, rows, axis, width)],
    width,
    isTimeline: true,
  };
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
function barsOf(modules: readonly ModuleRows[], name: string, axis: Axis): Bar[] {
  const columns = modules.map((module) => statesOf(module, name));
  const { states, numberOf } = rankStates(columns);
  const phases = [...new Set(modules.map(({ phase }) => phase))].sort(compareNatural);
  const width = Math.ceil((axis.to - axis.from) / axis.step);
  const seen = phases.map(() => states.map(() => new Uint8Array(width)));
  modules.forEach(({ phase, times }, m) => {
    const { codes, texts } = columns[m]!;
    const flags = texts.map((text) => seen[phases.indexOf(phase)]![numberOf(text)]!);
    codes.forEach((code, i) => {
      if (code >= 0) flags[code]![Math.floor((times[i]! - axis.from) / axis.step)] = 1;
    });
  });
  const isSame = seen.every((phase) =>
    phase.every((flags, state) => flags.every((on, i) => on === seen[0]![state]![i]))
  );
  return (isSame ? seen.slice(0, 1) : seen).flatMap((phase, p) =>
    phase.flatMap((flags, number) => {
      const state = states[number]!;
      const row = isSame ? state : `phase ${phases[p]}: ${state}`;
      return runsOf(flags).map(([from, to]) => ({ row, state, from, to }));
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

/** A module's column of states; of one whose states are numbers, these as texts. */
function statesOf({ numbers, texts }: ModuleRows, name: string): TextColumn {
  const values = numbers.get(name) ?? new Float64Array(0);
  const distinct = [...new Set(values)].filter((value) => value === value);
  const codes = new Map(distinct.map((value, code) => [value, code]));
  return texts.get(name) ??
    {
      codes: Int32Array.from(values, (value) => codes.get(value) ?? -1),
      texts: distinct.map(String),
    };
}

/** The states that columns name, the most frequent first; the rarest of many are one. */
function rankStates(
  columns: readonly TextColumn[],
): { states: string[]; numberOf: (state: string) => number } {
  const counts = new Map<string, number>();
  for (const { codes, texts } of columns) {
    const own = texts.map(() => 0);
    codes.forEach((code) => {
      if (code >= 0) own[code]!++;
    });
    texts.forEach((text, code) => counts.set(text, (counts.get(text) ?? 0) + own[code]!));
  }
  const ranked = [...counts].sort(([, a], [, b]) => b - a).map(([state]) => state);
  const states = ranked.slice(0, MAX_STATES);
  if (ranked.length > MAX_STATES) states.push(`${ranked.length - MAX_STATES} other states`);
  const numbers = new Map(ranked.map((state, i) => [state, Math.min(i, MAX_STATES)]));
  return { states, numberOf: (state) => numbers.get(state)! };
}
