/**
 * Heat maps of modules by days, on the shared axis.
 *
 * @module
 */
import { escapeText } from "../charts/figure.ts";
import { plot, type Strip } from "./strip.ts";
import { type DayAxis, runsOf } from "./time_axis.ts";

/** A value of a heat map: `undefined` where there is no data, `null` where there is too little. */
export type HeatValue = number | null | undefined;

/** A row of a heat map. */
export interface HeatRow {
  /** Its name. */
  name: string;
  /** The page that its name links to. */
  href?: string;
  /** Its values, one for each day of the axis. */
  values: readonly HeatValue[];
}

/** How values are drawn. */
export interface HeatScale {
  /** The seven bounds between the eight classes. */
  bounds: readonly number[];
  /** Whether low values are the bad ones. */
  isReversed?: boolean;
  /** The unit of the values. */
  unit: string;
  /** Digits after the point where one points at a value. */
  digits: number;
}

const ROW_PIXELS = 18;

/** Draws a heat map as one strip with a row for each module. */
export function heatMap(
  axis: DayAxis,
  label: string,
  rows: readonly HeatRow[],
  scale: HeatScale,
): Strip {
  const classes = new Map<string, string[]>();
  rows.forEach(({ values }, y) => {
    const names = values.map((value) => heatClass(value, scale));
    for (const name of new Set(names)) {
      // Where there is too little, the hatched ground shows.
      if (name === "few") continue;
      const at = [...names.keys()].filter((x) => names[x] === name);
      for (const [from, to] of runsOf(at)) {
        classes.getOrInsertComputed(name, () => [])
          .push(`M${from} ${y}h${to - from}v1h-${to - from}z`);
      }
    }
  });
  const shapes = [...classes].map(([name, paths]) =>
    `<path class="${name}" d="${paths.join("")}"/>`
  );
  const text = (value: HeatValue) =>
    value === undefined ? "" : value === null ? "~" : value.toFixed(scale.digits);
  const data = rows.map(({ name, values }) => [name, values.map(text).join()]);
  return {
    name: `<ul class="rows">${
      rows.map(({ name, href }) =>
        `<li>${
          href === undefined ? escapeText(name) : `<a href="${href}">${escapeText(name)}</a>`
        }</li>`
      ).join("")
    }</ul>`,
    plot: plot(axis, {
      label,
      pixels: ROW_PIXELS * rows.length,
      height: rows.length,
      shapes: shapes.join(""),
      unit: scale.unit,
      isHeatMap: true,
      attributes: ` class="heat" data-rows="${escapeText(JSON.stringify(data))}"`,
    }),
  };
}

/** The class of a value in the page's style sheet. */
function heatClass(value: HeatValue, { bounds, isReversed = false }: HeatScale): string {
  if (value === undefined) return "blank";
  if (value === null) return "few";
  const level = bounds.filter((bound) => value >= bound).length;
  return `h${isReversed ? bounds.length - level : level}`;
}

/**
 * The legend of a heat map.
 *
 * @param few What is hatched; null if nothing is.
 */
export function heatLegend(scale: HeatScale, few: string | null): string {
  const { bounds, unit } = scale;
  const labels = [...bounds, null].map((bound, i) =>
    bound === null
      ? `${bounds.at(-1)} and more`
      : i === 0
      ? `under ${bound}`
      : `${bounds[i - 1]}–${bound}`
  );
  const items = labels.map((label, level) =>
    `<li><i class="${heatClass(bounds[level - 1] ?? -Infinity, scale)}"></i>${label} ${
      level === 0 ? unit : ""
    }</li>`
  );
  const hatched = few === null ? "" : `<li><i class="few"></i>${escapeText(few)}</li>`;
  return `<ul class="legend">${items.join("")}${hatched}<li><i class="blank"></i>no data</li></ul>`;
}
