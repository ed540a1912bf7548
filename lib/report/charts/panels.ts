/**
 * Panels of lines over time, one for each module or phase.
 *
 * @module
 */
import { greatestIn } from "../aggregates.ts";
import * as Plot from "@observablehq/plot";
import { compareNatural } from "../../telemetry/mod.ts";
import { medianOf } from "../../battery/mod.ts";
import { format, listOf, plural, sentences, shorten, spanOf } from "../words.ts";
import { inPanel, panelTitle, scale, timeScale } from "./axes.ts";
import {
  COLORS,
  DASHES,
  draw,
  emptyChart,
  type Figure,
  type Key,
  NAMES,
  type Plotted,
  QUIET,
  WIDTH,
} from "./figure.ts";
import { envelope, type Point } from "./m4.ts";
import { type Axis, axisOf } from "./module_rows.ts";
import { isFlat, type LineRange, measureLine, rangeWords, robustScale } from "./panel_scale.ts";
import type { ChartOptions } from "./signals.ts";

/** A panel of a chart. */
export interface Panel {
  /** Its name, such as that of its module; several panels may have the same one. */
  name: string;
  /** The page that its name links to. */
  href?: string | undefined;
  /** The times of its rows, in milliseconds since the epoch. */
  times: Float64Array;
  /** The values of each line, with NaN for none; undefined for a line that this panel lacks. */
  lines: readonly (Float64Array | undefined)[];
  /** What follows its name, and a longer form for the tooltip. */
  note?: readonly [short: string, long: string];
}

/** What a chart of lines says. */
export interface Words {
  /** The chart's title. */
  title: string;
  /** What the values are, with the unit. */
  unit: string;
  /** What the caption adds. */
  remark?: string;
  /** Whether they are a current, with a line at zero and a caption that says what is positive. */
  isCurrent?: boolean;
}

const MEDIAN_DASH = "3 2";
/** How many characters of a name fit with four panels side by side. */
const ROOM_OF_FOUR = 14;
/** From this many panels on, each also shows the median of all. */
const MIN_PANELS_WITH_MEDIAN = 4;

/** A line of a panel that has a value. */
interface DrawnLine extends LineRange<Panel> {
  /** The panel's position. */
  at: number;
  /** Its tooltip. */
  title: string;
  points: readonly Point[];
}

/** What {@linkcode drawPanels} draws. */
interface Drawing {
  words: Words;
  /** The panels in the order in which they are drawn. */
  panels: readonly Panel[];
  lines: readonly DrawnLine[];
  median: readonly Point[];
  axis: Axis;
  domain: readonly [low: number, high: number];
  across: number;
  marginLeft: number;
}

/**
 * Draws small panels with labelled lines on one scale, so that a panel that differs stands out,
 * however many there are. A grey line in each is the median of all. The scale is that of most
 * panels: values beyond it are marked at the edge.
 */
export function lineChart(
  all: readonly Panel[],
  labels: readonly string[],
  words: Words,
  options: ChartOptions = {},
): Figure {
  const { title, unit, isCurrent = false } = words;
  const ranges = all.flatMap((panel) =>
    panel.lines.flatMap((values, line) => (values && measureLine(panel, line, values)) ?? [])
  );
  if (ranges.length === 0) return emptyChart(title, "no reading of such a signal");
  if (ranges.some(({ least, most }) => Math.max(-least, most) > 1e300)) {
    return emptyChart(title, "a value beyond 1e300, which can't be drawn");
  }
  const sorted = all.toSorted((a, b) => compareNatural(a.name, b.name));
  const hasLine = (panel: Panel) => ranges.some((range) => range.panel === panel);
  const panels = sorted.filter(hasLine);
  const silent = sorted.filter((panel) => !hasLine(panel)).map(({ name }) => name);
  const isLong = panels.some(({ name }) => name.length > ROOM_OF_FOUR);
  const across = panels.length < 4 ? 1 : panels.length < 6 || isLong ? 2 : 4;
  const domain = robustScale(ranges, isCurrent);
  const marginLeft = marginFor(domain);
  // Small panels have pixel columns of two pixels, because there are many of them.
  const pixels = ((WIDTH - marginLeft) / across - 10) / (across === 4 ? 2 : 1);
  const axis = axisOf(all, pixels, options.span)!;
  const lines = ranges.map((range): DrawnLine => {
    const { panel, line, least, most } = range;
    const { name, times, lines } = panel;
    const cut = isBeyond(range, domain) ? ", cut at the edge" : "";
    const title = `${name} ${labels[line]}${cut}: ${unit} ${format(least)} to ${format(most)}`;
    return {
      ...range,
      at: panels.indexOf(panel),
      title,
      points: envelope(times, lines[line]!, axis),
    };
  });
  const newest = greatestIn(lines.map(({ points }) => points.at(-1)!.time));
  const hasMedian = panels.length >= MIN_PANELS_WITH_MEDIAN && labels.length === 1 && !isCurrent;
  const median = hasMedian ? medianLine(lines, axis) : [];
  const range = `${unit}: ${rangeWords(ranges, panels.length)}`;
  return {
    title,
    description: `Lines over time, ${plural(panels.length, "panel")}, ${
      sentences(spanOf(axis), range)
    }`,
    caption: sentences(
      spanOf(axis),
      range,
      words.remark,
      isCurrent && options.positiveCurrent && `Positive current is ${options.positiveCurrent}`,
      ranges.some((range) => isBeyond(range, domain)) &&
        "▲▼: beyond the scale of the other panels",
      silent.length > 0 && `Without such a reading: ${listOf(silent, 12)}`,
      options.source,
    ),
    legend: legendOf(labels, hasMedian),
    plot: drawPanels({ words, panels, lines, median, axis, domain, across, marginLeft }),
    newest: across === 1 ? (newest - axis.from) / (axis.to - axis.from) : null,
  };
}

function isBeyond(
  { least, most }: LineRange,
  [low, high]: readonly [low: number, high: number],
): boolean {
  return least < low || most > high;
}

function legendOf(labels: readonly string[], hasMedian: boolean): Key[] {
  if (labels.length === 1 && !hasMedian) return [];
  const own = labels.map((label, i) => ({ label, color: COLORS[i]!, dash: DASHES[i]! }));
  return hasMedian ? [...own, { label: "median of all", color: QUIET, dash: MEDIAN_DASH }] : own;
}

/**
 * Room for the unit and the numbers of a scale, in pixels. A scale that is narrow compared with its
 * values, such as that of a voltage that hardly changes, has long numbers.
 */
function marginFor(domain: readonly [low: number, high: number]): number {
  const [low, high] = domain;
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const decimals = isFlat(domain) ? 0 : Math.ceil(-Math.log10((high - low) / 3));
  const digits = String(Math.floor(largest)).length + Math.max(0, decimals);
  return 60 + 8 * Math.min(8, Math.max(0, digits - 4));
}

function drawPanels(drawing: Drawing): Plotted {
  const { words, panels, lines, median, axis, domain, across, marginLeft } = drawing;
  const [low, high] = domain;
  const room = isFlat(domain) ? Math.max(Math.abs(high) * 0.01, 1) : (high - low) * 0.05;
  const down = Math.ceil(panels.length / across);
  const lineMark = {
    x: "time",
    y: ({ value }: Point) => value === null ? null : Math.min(high, Math.max(low, value)),
  };
  return draw({
    height: 50 + down * (across === 1 ? Math.max(100, 230 / panels.length) : 84),
    marginLeft,
    marginRight: 14,
    marginTop: 24,
    marginBottom: 40,
    x: { ...timeScale(axis, across === 1 ? 8 : 3), insetRight: 1 },
    y: scale(words.unit, {
      // What is never negative has no scale below zero.
      domain: [low < 0 || words.isCurrent ? low - room : Math.max(0, low - room), high + room],
      ticks: 3,
      nice: true,
      grid: true,
    }),
    fx: { axis: null, padding: across === 1 ? 0 : 0.06 },
    fy: { axis: null, padding: panels.length === 1 ? 0 : across === 1 ? 0.2 : 0.34 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      ...(words.isCurrent ? [Plot.ruleY([0], { strokeOpacity: 0.7, strokeWidth: 0.7 })] : []),
      Plot.lineY(median, { ...lineMark, stroke: QUIET, strokeDasharray: MEDIAN_DASH }),
      ...lines.map(({ points, at, title, line }) =>
        Plot.lineY(points.map((point) => ({ ...point, at })), {
          ...lineMark,
          ...inPanel(across),
          title: () => title,
          stroke: COLORS[line]!,
          strokeDasharray: DASHES[line]!,
          strokeWidth: 1.2,
          strokeLinecap: "round",
        })
      ),
      ...beyondMarks(drawing),
      panelTitles(drawing),
    ],
  });
}

/** Marks at the edges of panels whose values are beyond the scale. */
function beyondMarks({ lines, axis, domain: [low, high], across }: Drawing): Plot.Markish[] {
  const marks = lines.flatMap(({ at, least, most, leastAt, mostAt }) => [
    ...(most > high ? [{ at, time: mostAt, y: high, text: `▲ ${format(most)}` }] : []),
    ...(least < low ? [{ at, time: leastAt, y: low, text: `▼ ${format(least)}` }] : []),
  ]);
  return marks.map((mark) =>
    Plot.text([mark], {
      ...inPanel(across),
      x: "time",
      y: "y",
      text: "text",
      // Written towards the middle of its panel, which it would leave otherwise.
      textAnchor: mark.time > (axis.from + axis.to) / 2 ? "end" : "start",
      fill: "#d1403a",
      stroke: "var(--paper, #fff)",
      fontWeight: 600,
    })
  );
}

function panelTitles({ panels, across }: Drawing): Plot.Text {
  const titles = panels.map(({ name, href, note: [short, long] = ["", ""] }, at) => ({
    at,
    name,
    href,
    long,
    text: `${shorten(name, Math.max(6, Math.floor(72 / across) - short.length))} ${short}`.trim(),
  }));
  type Title = (typeof titles)[number];
  return panelTitle(titles, ({ text }) => text, {
    ...inPanel(across),
    // The names of panels below each other stay in sight; those side by side are where they are.
    ...(across === 1 ? { ariaDescription: NAMES } : {}),
    title: ({ name, long }: Title) => `${name} ${long}`.trim(),
    href: "href",
  });
}

/** The median of all lines at the end of each pixel column in which any has a value. */
function medianLine(lines: readonly DrawnLine[], { from, to, step }: Axis): Point[] {
  const at = lines.map(() => 0);
  const found: Point[] = [];
  for (let time = from; time < to; time += step) {
    const values = lines.map(({ points }, i) => {
      while (at[i]! + 1 < points.length && points[at[i]! + 1]!.time <= time) at[i]!++;
      const { time: last, value } = points[at[i]!]!;
      // A line ends at its last point, and holds no value beyond it.
      const isOver = at[i] === points.length - 1 && last < time;
      return last <= time && !isOver ? value : null;
    }).filter((value) => value !== null);
    found.push({ time, value: values.length === 0 ? null : medianOf(values) });
  }
  return found;
}
