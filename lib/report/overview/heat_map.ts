/**
 * Heat maps by day, on the shared axis.
 *
 * @module
 */
import { runsWhere } from "../../battery/mod.ts";
import { escapeText } from "../escape.ts";
import { anchor, type Link, paragraph } from "../html.ts";
import { type DayAxis, type Strip, strips } from "./strip.ts";

/** A value of a heat map: `undefined` where there is no data, `null` where there is too little. */
export type HeatValue = number | null | undefined;

/** A row of a heat map. */
export interface HeatRow {
  /** Its name, or a link to its page. */
  name: string | Link;
  /** Its values, one for each day of the axis. */
  values: readonly HeatValue[];
}

/** How values are coloured. */
export interface HeatScale {
  /** The seven bounds between the eight classes. */
  bounds: readonly number[];
  /** Whether low values are bad. */
  isReversed?: boolean;
  /** The unit of the values. */
  unit: string;
  /** What hatching means: too few rows for a value. */
  few?: string;
}

const ROW_PIXELS = 18;
/** How many characters of a name fit into a narrow column. */
const ROOM = 14;
const textOf = (name: HeatRow["name"]) => typeof name === "string" ? name : name[1];

/**
 * Renders a heat map with its legend.
 *
 * @param label The text for screen readers.
 * @param note What its values are.
 */
export function heatSection(
  axis: DayAxis,
  label: string,
  note: string,
  rows: readonly HeatRow[],
  scale: HeatScale,
): string[] {
  const isLong = rows.some(({ name }) => textOf(name).length > ROOM);
  return [
    paragraph(note),
    heatLegend(scale),
    strips(axis, label, [heatMap(label, rows, scale)], isLong ? "wide" : "narrow"),
  ];
}

/** Draws a heat map as one strip. */
export function heatMap(label: string, rows: readonly HeatRow[], scale: HeatScale): Strip {
  const runs = rows.flatMap(({ values }, y) => {
    const cells = values.map((value, x) => ({ x, y, name: heatClass(value, scale) }));
    return runsWhere(cells, (a, b) => a.name === b.name);
  });
  // Where there are too few rows, the hatched background shows.
  const drawn = runs.filter(([{ name }]) => name !== "few");
  const shapes = [...Map.groupBy(drawn, ([{ name }]) => name)].map(([name, runs]) => {
    const path = runs.map(({ 0: { x, y }, length }) => `M${x} ${y}h${length}v1h-${length}z`);
    return `<path class="${name}" d="${path.join("")}"/>`;
  });
  const text = (value: HeatValue) => value === undefined ? "" : value?.toFixed(1) ?? "~";
  const items = rows.map(({ name }) =>
    typeof name === "string"
      ? `<li title="${escapeText(name)}">${escapeText(name)}</li>`
      : `<li>${anchor(name)}</li>`
  );
  return {
    name: `<ul class="rows">${items.join("")}</ul>`,
    label,
    height: ROW_PIXELS * rows.length,
    shapes: `<g transform="scale(1 ${ROW_PIXELS})">${shapes.join("")}</g>`,
    unit: scale.unit,
    heat: rows.map(({ values }) => values.map(text).join()).join(";"),
  };
}

/** The class of a value in the page's style sheet. */
function heatClass(value: HeatValue, { bounds, isReversed = false }: HeatScale): string {
  if (value === undefined) return "blank";
  if (value === null) return "few";
  const level = bounds.filter((bound) => value >= bound).length;
  return `h${isReversed ? bounds.length - level : level}`;
}

/** The legend of a heat map. */
export function heatLegend(scale: HeatScale): string {
  const { bounds, unit, few } = scale;
  const item = (name: string, text: string) => `<li><i class="${name}"></i>${text}</li>`;
  const items = [
    item(heatClass(-Infinity, scale), `under ${bounds[0]} ${unit}`),
    ...bounds.map((bound, i) => {
      const next = bounds[i + 1];
      return item(heatClass(bound, scale), next ? `${bound}–${next}` : `${bound} and more`);
    }),
    ...(few === undefined ? [] : [item("few", escapeText(few))]),
    item("blank", "no data"),
  ];
  return `<ul class="legend">${items.join("")}</ul>`;
}
