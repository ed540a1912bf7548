/**
 * Panels of lines over time, one for each module or phase.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { compareNatural, folderOf } from "../../telemetry/mod.ts";
import { type Axis, axisOf, envelope, type Point, type Rows } from "./envelope.ts";
import { COLORS, DASHES, draw, figure, QUIET } from "./figure.ts";
import {
  caption,
  type ChartOptions,
  format,
  nothing,
  several,
  shorten,
  spanOf,
  timeScale,
  WIDTH,
} from "./parts.ts";

/** What a chart of lines is about. */
export interface Lines {
  /** The chart's title. */
  title: string;
  /** What the values are, with their unit. */
  unit: string;
  /** What it is, for those who can't see it. */
  about?: string;
  /** The name of a panel, by the place that it is of; the module's folder by default. */
  name?: (place: { phase: string; module: string }) => string;
  /** What is said of a panel behind its name, and in more words where one points at it. */
  note?: (panel: string) => readonly [short: string, long: string];
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

/** A point of a line in a panel. */
interface Placed extends Point {
  line: number;
  panel: number;
}

/**
 * Small panels with one scale, one a module: a module that differs stands out, however many there
 * are. A grey line in each is the median of them all.
 */
export function panels(
  rows: Rows,
  lines: readonly Line[],
  options: ChartOptions,
  words: Lines,
): string {
  const { width = WIDTH } = options;
  const { title, unit, zero = false, about = "Lines over time", note = () => ["", ""] } = words;
  const { name = ({ phase, module }) => folderOf(phase, module) } = words;
  const names = rows.places.map(name);
  const order = [...names].sort(compareNatural);
  const across = order.length < 4 ? 1 : order.length < 6 ? 2 : 4;
  // Small panels have columns of two pixels: there are many of them.
  const axis = axisOf(
    rows.times,
    ((width - 60) / across - 10) / (across === 4 ? 2 : 1),
    options.span,
  );
  if (axis === null || lines.length === 0) return nothing(title, "no such signal", options);
  const panel = names.map((name) => order.indexOf(name));
  const points: Placed[] = lines.flatMap(({ values }, line) =>
    envelope(rows, values, axis).map((p) => ({ ...p, line, panel: panel[p.series]! }))
  );
  const known = points.map(({ value }) => value).filter((value) => value !== null);
  if (known.some((value) => Math.abs(value) > 1e300)) {
    return nothing(title, "a value beyond 1e300, which can't be drawn", options);
  }
  if (known.length === 0) return nothing(title, "no reading of such a signal", options);
  const [least, most] = extent(known);
  const [low, high] = zero ? [Math.min(0, least), Math.max(0, most)] : [least, most];
  const median = order.length >= 4 && lines.length === 1 && !zero ? medianOf(points, axis) : [];
  const plot = drawPanels({
    points,
    median,
    order,
    axis,
    low,
    high,
    across,
    width,
    unit,
    zero,
    note,
    lines,
  });
  const told = (value: number) =>
    order.length === 1
      ? format(value)
      : `${format(value)} in ${order[points.find((point) => point.value === value)!.panel]}`;
  const range = `${unit}: ${
    least === most ? `${format(least)} throughout` : `${told(least)} to ${told(most)}`
  }`;
  const legend = [
    ...(lines.length > 1 || median.length > 0
      ? lines.map(({ label }, i) => ({ label, color: COLORS[i]!, dash: DASHES[i]! }))
      : []),
    ...(median.length > 0 ? [{ label: "median of all", color: QUIET, dash: MEDIAN_DASH }] : []),
  ];
  return figure([plot], {
    title,
    description: `${about}, ${several(order.length, "panel")}, ${spanOf(axis)}. ${range}.`,
    caption: caption(options, spanOf(axis), range),
    legend,
  }, width);
}

/** What {@linkcode drawPanels} draws. */
interface Panels {
  points: readonly Placed[];
  median: readonly Omit<Point, "series">[];
  order: readonly string[];
  axis: Axis;
  low: number;
  high: number;
  across: number;
  width: number;
  unit: string;
  zero: boolean;
  note: NonNullable<Lines["note"]>;
  lines: readonly Line[];
}

function drawPanels(
  { points, median, order, axis, low, high, across, width, unit, zero, note, lines }: Panels,
): { svg: string; height: number } {
  const room = high > low ? (high - low) * 0.05 : Math.max(Math.abs(high) * 0.01, 1);
  const down = Math.ceil(order.length / across);
  const place = {
    fx: ({ panel }: { panel: number }) => panel % across,
    fy: ({ panel }: { panel: number }) => Math.floor(panel / across),
  };
  const ranges = new Map(
    [...Map.groupBy(points, ({ panel, line }) => panel * lines.length + line)].map(
      ([key, part]) => {
        const [from, to] = extent(part.map(({ value }) => value).filter((value) => value !== null));
        return [key, `${unit} ${format(from)} to ${format(to)}`];
      },
    ),
  );
  const heard = new Set(points.map(({ panel }) => panel));
  const silent = [...order.keys()].filter((panel) => !heard.has(panel)).map((panel) => ({ panel }));
  const titleOf = ({ panel, line }: Placed) =>
    `${order[panel]} ${lines[line]!.label}: ${ranges.get(panel * lines.length + line)}`;
  return draw({
    width,
    height: 50 + down * (across === 1 ? Math.max(90, 230 / order.length) : 76),
    marginLeft: 56,
    marginRight: 14,
    marginBottom: 40,
    x: { ...timeScale(axis, across === 1 ? 8 : 3), insetRight: 1 },
    y: {
      domain: [low - room, high + room],
      label: unit,
      labelAnchor: "center",
      labelArrow: "none",
      ticks: 3,
      nice: true,
      grid: true,
    },
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: across === 1 ? 0.15 : 0.3 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      ...(zero ? [Plot.ruleY([0], { strokeOpacity: 0.7, strokeWidth: 0.7 })] : []),
      ...(median.length > 0
        ? [
          Plot.lineY(median, {
            x: "time",
            y: "value",
            stroke: QUIET,
            strokeDasharray: MEDIAN_DASH,
          }),
        ]
        : []),
      ...lines.map((_, line) =>
        Plot.lineY(points.filter((point) => point.line === line), {
          ...place,
          x: "time",
          y: "value",
          z: "series",
          title: titleOf,
          stroke: COLORS[line]!,
          strokeDasharray: DASHES[line]!,
          strokeWidth: 1.2,
          strokeLinecap: "round",
        })
      ),
      Plot.text(silent, { ...place, text: () => "no value", frameAnchor: "middle", fill: QUIET }),
      Plot.text(order.map((name, panel) => ({ name, panel })), {
        ...place,
        text: ({ name }: { name: string }) => {
          const [short] = note(name);
          return `${shorten(name, (across === 4 ? 28 : 90) - short.length)} ${short}`;
        },
        title: ({ name }: { name: string }) => `${name} ${note(name)[1]}`.trim(),
        frameAnchor: "top-left",
        dy: -12,
        fontWeight: 600,
      }),
    ],
  });
}

function extent(values: readonly number[]): [least: number, greatest: number] {
  return values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
}

/** The median of all lines at the end of each pixel column. */
function medianOf(points: readonly Point[], { from, to, step }: Axis): Omit<Point, "series">[] {
  const lines = [...Map.groupBy(points, ({ series }) => series).values()];
  const at = lines.map(() => 0);
  const found: Omit<Point, "series">[] = [];
  for (let time = from; time < to; time += step) {
    const values = lines.map((line, i) => {
      while (at[i]! + 1 < line.length && line[at[i]! + 1]!.time.getTime() <= time) at[i]!++;
      return line[at[i]!]!.time.getTime() <= time ? line[at[i]!]!.value : null;
    }).filter((value) => value !== null).sort((a, b) => a - b);
    const middle = values.length >> 1;
    const value = values.length % 2 === 1 || values.length === 0
      ? values[middle] ?? null
      : (values[middle - 1]! + values[middle]!) / 2;
    found.push({ time: new Date(time), value });
  }
  return found;
}
