/**
 * Panels of lines over time, one for each module or phase.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { compareNatural, folderOf } from "../../telemetry/mod.ts";
import { axis as valueAxis, panelTitle, timeScale } from "./axes.ts";
import { medianOf } from "./cells.ts";
import { COLORS, DASHES, draw, type Figure, figure, type Plotted, QUIET } from "./figure.ts";
import { type Axis, axisOf, type Rows } from "./frame.ts";
import { envelope, type Point } from "./m4.ts";
import { panelRanges, type Range, rangeWords, robustScale } from "./scale.ts";
import { type ChartOptions, WIDTH } from "./signals.ts";
import { caption, emptyChart, format, plural, shorten, spanOf } from "./words.ts";

/** What a chart of lines is about. */
export interface Lines {
  /** The chart's title. */
  title: string;
  /** What the values are, with their unit. */
  unit: string;
  /** The beginning of the alternative text. */
  about?: string;
  /** The name of a panel, by the place that it is of; the module's folder by default. */
  name?: (place: { phase: string; module: string }) => string;
  /** What stands after a panel's name, and in more words where one points at it. */
  note?: (panel: string) => readonly [short: string, long: string];
  /** What the caption adds. */
  remark?: string;
  /** Whether to draw zero. */
  zero?: boolean;
}

/** A line in each panel. */
export interface Line {
  /** What it is. */
  label: string;
  /** A value for each row; NaN for none. */
  values: Float64Array;
}

const MEDIAN_DASH = "3 2";
/** So many panels at least have the median of them all in each. */
const MIN_PANELS_WITH_MEDIAN = 4;

/** A point of a line in a panel. */
interface Placed extends Point {
  line: number;
  panel: number;
}

/** What {@linkcode drawPanels} draws. */
interface Drawing {
  words: Lines;
  options: ChartOptions;
  lines: readonly Line[];
  /** The names of the panels, in order. */
  order: readonly string[];
  /** The range of each line in each panel. */
  ranges: readonly Range[];
  points: readonly Placed[];
  median: readonly Omit<Point, "series">[];
  axis: Axis;
  domain: readonly [low: number, high: number];
  across: number;
}

/**
 * Small panels with one scale, one a module: a module that differs stands out, however many there
 * are. A grey line in each is the median of them all. The scale is that of most panels: what a few
 * have beyond it is marked at the edge, with its value.
 */
export function panels(
  rows: Rows,
  lines: readonly Line[],
  options: ChartOptions,
  words: Lines,
): Figure {
  const { width = WIDTH } = options;
  const { title, unit, zero = false, about = "Lines over time" } = words;
  const { name = ({ phase, module }) => folderOf(phase, module) } = words;
  if (rows.times.length === 0 || lines.length === 0) {
    return emptyChart(title, "no such signal", options);
  }
  const names = rows.places.map(name);
  const ranges = panelRanges(rows, lines, names);
  if (ranges.length === 0) return emptyChart(title, "no reading of such a signal", options);
  if (ranges.some(({ least, most }) => Math.max(-least, most) > 1e300)) {
    return emptyChart(title, "a value beyond 1e300, which can't be drawn", options);
  }
  const order = [...new Set(ranges.map(({ panel }) => panel))].sort(compareNatural);
  const silent = names.filter((name) => !order.includes(name)).sort(compareNatural);
  const across = order.length < 4 ? 1 : order.length < 6 ? 2 : 4;
  // Small panels have columns of two pixels: there are many of them.
  const pixels = ((width - 60) / across - 10) / (across === 4 ? 2 : 1);
  const axis = axisOf(rows.times, pixels, options.span)!;
  const points: Placed[] = lines.flatMap(({ values }, line) =>
    envelope(rows, values, axis).map((point) => ({
      ...point,
      line,
      panel: order.indexOf(names[point.series]!),
    }))
  );
  const hasMedian = order.length >= MIN_PANELS_WITH_MEDIAN && lines.length === 1 && !zero;
  const median = hasMedian ? medianLine(points, axis) : [];
  const domain = robustScale(ranges, zero);
  const drawing = { words, options, lines, order, ranges, points, median, axis, domain, across };
  const range = `${unit}: ${rangeWords(ranges, order.length)}`;
  return figure(
    [drawPanels(drawing, width)],
    {
      title,
      description: `${about}, ${plural(order.length, "panel")}, ${spanOf(axis)}. ${range}.`,
      caption: caption(
        options,
        spanOf(axis),
        range,
        ...(words.remark === undefined ? [] : [words.remark]),
        ...(isBeyond(ranges, domain) ? ["▲▼: beyond the scale of the other panels"] : []),
        ...(silent.length > 0 ? [`Without such a reading: ${listed(silent)}`] : []),
      ),
      legend: legendOf(lines, hasMedian),
    },
    width,
    across === 1,
  );
}

function listed(names: readonly string[]): string {
  const more = names.length - 12;
  return names.slice(0, 12).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function isBeyond(ranges: readonly Range[], [low, high]: readonly [number, number]): boolean {
  return ranges.some(({ least, most }) => least < low || most > high);
}

function legendOf(
  lines: readonly Line[],
  hasMedian: boolean,
): { label: string; color: string; dash: string }[] {
  if (lines.length === 1 && !hasMedian) return [];
  const own = lines.map(({ label }, i) => ({ label, color: COLORS[i]!, dash: DASHES[i]! }));
  return hasMedian ? [...own, { label: "median of all", color: QUIET, dash: MEDIAN_DASH }] : own;
}

function drawPanels(drawing: Drawing, width: number): Plotted {
  const { words, lines, order, points, median, axis, domain: [low, high], across } = drawing;
  const room = high > low ? (high - low) * 0.05 : Math.max(Math.abs(high) * 0.01, 1);
  const down = Math.ceil(order.length / across);
  const inPanel = {
    fx: ({ panel }: { panel: number }) => panel % across,
    fy: ({ panel }: { panel: number }) => Math.floor(panel / across),
  };
  const lineMark = {
    x: "time",
    y: ({ value }: { value: number | null }) =>
      value === null ? null : Math.min(high, Math.max(low, value)),
  };
  const titleOf = lineTitles(drawing);
  return draw({
    width,
    height: 50 + down * (across === 1 ? Math.max(100, 230 / order.length) : 84),
    marginLeft: 60,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 40,
    x: { ...timeScale(axis, across === 1 ? 8 : 3), insetRight: 1 },
    y: valueAxis(words.unit, {
      domain: [low - room, high + room],
      ticks: 3,
      nice: true,
      grid: true,
    }),
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: across === 1 ? 0.2 : 0.34 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      ...(words.zero ? [Plot.ruleY([0], { strokeOpacity: 0.7, strokeWidth: 0.7 })] : []),
      Plot.lineY(median, { ...lineMark, stroke: QUIET, strokeDasharray: MEDIAN_DASH }),
      ...lines.map((_, line) =>
        Plot.lineY(points.filter((point) => point.line === line), {
          ...lineMark,
          ...inPanel,
          z: "series",
          title: titleOf,
          stroke: COLORS[line]!,
          strokeDasharray: DASHES[line]!,
          strokeWidth: 1.2,
          strokeLinecap: "round",
        })
      ),
      ...beyondMarks(drawing, inPanel),
      panelTitles(drawing, inPanel),
    ],
  }, true);
}

type InPanel = {
  fx: (d: { panel: number }) => number;
  fy: (d: { panel: number }) => number;
};

/** Names a line with its range, where one points at it. */
function lineTitles(drawing: Drawing): (point: Placed) => string {
  const { words, lines, order, ranges, domain: [low, high] } = drawing;
  const cut = ({ least, most }: Range) => least < low || most > high ? ", cut at the edge" : "";
  const found = new Map(ranges.map((range) => {
    const { panel, line, least, most } = range;
    return [
      `${panel}/${line}`,
      `${panel} ${lines[line]!.label}${cut(range)}: ` +
      `${words.unit} ${format(least)} to ${format(most)}`,
    ];
  }));
  return ({ panel, line }) => found.get(`${order[panel]}/${line}`)!;
}

/** A mark with the value at the edge of each panel that has some beyond the scale. */
function beyondMarks(
  { ranges, order, domain: [low, high] }: Drawing,
  inPanel: InPanel,
): Plot.Markish[] {
  const marks = ranges.flatMap(({ panel, least, most, leastAt, mostAt }) => [
    ...(most > high ? [{ panel, time: mostAt, y: high, text: `▲ ${format(most)}` }] : []),
    ...(least < low ? [{ panel, time: leastAt, y: low, text: `▼ ${format(least)}` }] : []),
  ]).map((mark) => ({ ...mark, panel: order.indexOf(mark.panel) }));
  return [Plot.text(marks, {
    ...inPanel,
    x: ({ time }: { time: number }) => new Date(time),
    y: "y",
    text: "text",
    fill: "#d1403a",
    stroke: "var(--paper, #fff)",
    fontWeight: 600,
  })];
}

function panelTitles({ words, options, order, across }: Drawing, inPanel: InPanel): Plot.Text {
  const { note = () => ["", ""] as const } = words;
  const titles = order.map((name, panel) => ({ name, panel }));
  type Title = { name: string };
  return panelTitle(titles, ({ name }) => {
    const [short] = note(name);
    const length = across === 4 ? 24 : across === 2 ? 48 : 90;
    return `${shorten(name, Math.max(6, length - short.length))} ${short}`.trim();
  }, {
    ...inPanel,
    title: ({ name }: Title) => `${name} ${note(name)[1]}`.trim(),
    ...(options.link === undefined ? {} : { href: ({ name }: Title) => options.link!(name) }),
  });
}

/** The median of all lines at the end of each pixel column in which any of them has a value. */
function medianLine(points: readonly Point[], { from, to, step }: Axis): Omit<Point, "series">[] {
  const lines = [...Map.groupBy(points, ({ series }) => series).values()];
  const at = lines.map(() => 0);
  const found: Omit<Point, "series">[] = [];
  for (let time = from; time < to; time += step) {
    const values = lines.map((line, i) => {
      while (at[i]! + 1 < line.length && line[at[i]! + 1]!.time.getTime() <= time) at[i]!++;
      const { time: last, value } = line[at[i]!]!;
      // A line is over after its last point: it holds no value beyond.
      const isOver = at[i] === line.length - 1 && last.getTime() < time;
      return last.getTime() <= time && !isOver ? value : null;
    }).filter((value) => value !== null);
    found.push({ time: new Date(time), value: values.length === 0 ? null : medianOf(values) });
  }
  return found;
}
