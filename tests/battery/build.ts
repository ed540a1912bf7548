/**
 * Makes days by hand: columns of rows with readings, and the figures computed from them.
 *
 * @module
 */
import { type BatteryDay, collectFigures, type ModuleDay } from "../../lib/battery/mod.ts";
import { markRows, type ModuleColumn } from "../../lib/hours/mod.ts";
import { type SignalCounts, ValueSet } from "../../lib/telemetry/mod.ts";
import { filledRows, type Filling } from "../helpers/filled.ts";
import { JULY_13 } from "../helpers/support.ts";

/** Rows with readings, as [first row, row after the last, value]: one reading in each row. */
export type Stretches = readonly (readonly [from: number, to: number, value: number | string])[];

/** The readings of a module. */
export interface ModuleReadings {
  phase?: string;
  module?: string;
  hours?: number[];
  /** The module's own columns, by name. */
  own: Record<string, Stretches>;
}

/** The readings of a day. */
export interface DayReadings {
  day?: number;
  grid?: Filling;
  modules: ModuleReadings[];
  /** Columns that all modules share, by name. */
  shared?: Record<string, Stretches>;
  /** The phase that the shared columns belong to; if it is missing, they belong to the system. */
  sharedPhase?: string;
}

export const GRID: Filling = { interval: 5, maxGap: 300, fill: "hold" };
const ALL_HOURS = Array.from({ length: 24 }, (_, hour) => hour);

function columnOf(
  name: string,
  stretches: Stretches,
  texts: ValueSet,
  place: Pick<ModuleColumn, "shared" | "ofPhase">,
  grid: Filling,
): ModuleColumn {
  const rows: number[] = [], values: number[] = [];
  for (const [from, to, value] of stretches) {
    const bytes = new TextEncoder().encode(String(value));
    const stored = typeof value === "number" ? value : texts.intern(bytes, 0, bytes.length);
    for (let row = from; row < to; row++) {
      rows.push(row);
      values.push(stored);
    }
  }
  const kind = stretches.some(([, , value]) => typeof value === "string") ? "text" : "numeric";
  const rowValues = {
    rows: Int32Array.from(rows),
    values: Float64Array.from(values),
    length: rows.length,
  };
  return {
    name,
    kind,
    rowValues,
    runs: filledRows(rowValues, kind, grid),
    ownRows: rowValues,
    ...place,
  };
}

/** The payload type of a column made by hand. */
function payloadOf(column: string): string {
  return column.replace(/_(battery|cell|sensor)_\d.*$/, "");
}

/** The figures of a day. */
export function dayOf(
  { day = JULY_13, grid = GRID, modules, shared = {}, sharedPhase }: DayReadings,
): BatteryDay {
  const texts = new ValueSet();
  const places = modules.map(({ phase = "1", module = "1", hours = ALL_HOURS, own }) => {
    return { phase, module, hours, own };
  });
  const signal = (phase: string | null, module: string | null, column: string): SignalCounts => {
    return {
      payload: payloadOf(column),
      phase,
      module,
      column,
      reason: null,
      numeric: 1,
      other: 0,
    };
  };
  const signalCounts = [
    ...places.flatMap(({ phase, module, own }) =>
      Object.keys(own).map((column) => signal(phase, module, column))
    ),
    ...Object.keys(shared).map((column) => signal(sharedPhase ?? null, null, column)),
  ];
  const collector = collectFigures(day, grid, signalCounts, texts);
  const place = { shared: true, ofPhase: sharedPhase !== undefined };
  const common = Object.entries(shared).map(([name, rows]) =>
    columnOf(name, rows, texts, place, grid)
  );
  for (const { phase, module, hours, own } of places) {
    const columns = Object.entries(own).map(([name, rows]) =>
      columnOf(name, rows, texts, { shared: false, ofPhase: true }, grid)
    );
    const reported = markRows(columns.map(({ ownRows }) => ownRows), 86_400 / grid.interval);
    collector.add({ phase, module, hours }, [...columns, ...common], reported);
  }
  return { day, ...grid, figures: collector.end() };
}

/** The figures of a day with one module. */
export function moduleOf(
  own: Record<string, Stretches>,
  hours?: number[],
  grid?: Filling,
): ModuleDay {
  const modules = [{ own, ...(hours && { hours }) }];
  return dayOf({ modules, ...(grid && { grid }) }).figures.modules[0]!;
}

/** The row of a time of day, as `hh:mm` or `hh:mm:ss`, with rows of 5 s. */
export function row(time: string): number {
  const [hours, minutes, seconds = 0] = time.split(":").map(Number);
  return (hours! * 3600 + minutes! * 60 + seconds) / 5;
}

/** A time of the day in seconds since the epoch. */
export function at(time: string, day = JULY_13): number {
  return day + row(time) * 5;
}
