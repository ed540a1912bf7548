/**
 * Computes the figures of a day, module by module, from the columns of its hour files.
 *
 * @module
 */
import type { Module, ModuleColumn, Runs, TableOptions } from "../hours/mod.ts";
import { DAY, type SignalCounts, type ValueSet } from "../telemetry/mod.ts";
import { compareCells } from "./cells.ts";
import { runsWhere } from "./consecutive.ts";
import type { ColumnStretch, DayFigures, ModuleDay, PlaceDay, StateRun } from "./figures.ts";
import { flowsOf, loadOf, restsOf, socOf } from "./flow.ts";
import { placeKey } from "./frozen.ts";
import { countKnown, type DayColumn, extremesOf, meanByHour, withinHours } from "./runs.ts";
import { type Quantities, quantitiesOf, quantityByColumn } from "./quantities.ts";
import { type DayGrid, signalDayOf, silenceOf } from "./signal_day.ts";

/** Collects the figures of a day. */
export interface Collector {
  /**
   * Adds a module with its columns, whose rows must not change until the call returns.
   *
   * @param reported 1 for each row of the day in which the module itself reported, otherwise 0.
   */
  add(module: Module, columns: readonly ModuleColumn[], reported: Uint8Array): void;
  /** Returns the figures; the rows of shared columns must not have changed. */
  end(): DayFigures;
}

/** A column that several modules share. */
interface SharedColumn {
  /** The column. */
  column: ModuleColumn;
  /** The phase or the system. */
  place: PlaceDay;
  /** The hours in which any module has the column. */
  hours: Set<number>;
}

/**
 * Begins a day.
 *
 * @param day Its start in seconds since the epoch.
 * @param options The options of its rows.
 * @param signalCounts Those of the whole input, which give the payload type of each column.
 * @param texts What the values of text columns refer to.
 */
export function collectFigures(
  day: number,
  { interval, maxGap }: Pick<TableOptions, "interval" | "maxGap">,
  signalCounts: readonly SignalCounts[],
  texts: ValueSet,
): Collector {
  const quantityOf = quantityByColumn(signalCounts);
  // Readings in neighbouring rows never have a gap between them, however long a row is.
  const gap = Math.max(1, Math.floor(maxGap / interval));
  const grid: DayGrid = { day, interval, gap, rows: DAY / interval };
  const perHour = 3600 / interval;
  const shared = new Map<Runs, SharedColumn>();
  const places = new Map<string, PlaceDay>();
  const modules: ModuleDay[] = [];

  const placeOf = (phase: string | null, module: string | null) =>
    places.getOrInsertComputed(
      placeKey({ phase, module }),
      () => ({ phase, module, states: [], limits: [], signals: [] }),
    );
  const system = placeOf(null, null);
  const addTo = (place: PlaceDay, column: ModuleColumn, runs: Runs) => {
    const signal = signalDayOf(column, texts, grid);
    if (signal !== null) place.signals.push(signal);
    const quantity = quantityOf(column.name);
    if (quantity === "state" && column.kind === "text") {
      for (const { value, ...stretch } of stretchesOf(column.name, runs, grid)) {
        place.states.push({ ...stretch, state: texts.text(value) });
      }
    }
    if (quantity === "limit" && column.kind === "numeric") {
      place.limits.push(...limitsOf(stretchesOf(column.name, runs, grid)));
    }
  };

  return {
    add({ phase, module, hours }, columns, reported) {
      const place = placeOf(phase, module);
      const present = columns.map((column): DayColumn => {
        const { name, kind } = column;
        const runs = withinHours(column.runs, hours, perHour);
        if (column.shared) {
          const found = shared.getOrInsertComputed(column.runs, () => ({
            column,
            place: column.ofPhase ? placeOf(phase, null) : system,
            hours: new Set<number>(),
          }));
          for (const hour of hours) found.hours.add(hour);
        } else addTo(place, column, runs);
        return { name, kind, runs };
      });
      const quantities = quantitiesOf(present, quantityOf);
      modules.push({
        phase,
        module,
        ...figuresOf(quantities, hours.length * perHour, grid),
        filled: present.map(({ name, runs }) => [name, countKnown(runs)]),
        ...silenceOf(reported, grid),
      });
    },
    end() {
      for (const { column, place, hours } of shared.values()) {
        const ordered = [...hours].sort((a, b) => a - b);
        addTo(place, column, withinHours(column.runs, ordered, perHour));
      }
      const rank = ({ phase, module }: PlaceDay) => phase === null ? 0 : module === null ? 1 : 2;
      return { modules, places: [...places.values()].sort((a, b) => rank(a) - rank(b)) };
    },
  };
}

type RowFigures = Omit<ModuleDay, "phase" | "module" | "filled" | "reported" | "silent">;

/** The figures of a module that are computed from the rows of its columns. */
function figuresOf(
  { cells, voltage, current, soc, batteryTemperatures }: Quantities<DayColumn>,
  rows: number,
  grid: DayGrid,
): RowFigures {
  const { day, interval } = grid;
  const perHour = 3600 / interval;
  const unknown = unknownRuns(grid.rows);
  const amperes = current?.runs ?? unknown;
  const volts = voltage?.runs ?? unknown;
  const socs = soc?.runs ?? unknown;
  const load = loadOf(amperes, interval);
  const { restRows, ...rests } = restsOf(load, amperes, socs, grid);
  return {
    rows,
    flow: flowsOf(volts, amperes, interval),
    ...rests,
    soc: soc && socOf(soc, amperes, perHour),
    current: current && extremesOf([current], day, interval),
    cellVoltage: extremesOf(cells, day, interval),
    batteryTemperature: extremesOf(batteryTemperatures, day, interval),
    temperatureByHour: batteryTemperatures.map(({ runs }) => meanByHour(runs, perHour, 2)),
    restRows: current && restRows,
    ...compareCells(cells, load, rows),
  };
}

/** When a limit was zero, and when it was not, from the rows in which it is known. */
function limitsOf(stretches: readonly (ColumnStretch & { value: number })[]): StateRun[] {
  const states = stretches.map(({ value, ...stretch }): StateRun => {
    return { ...stretch, state: value === 0 ? "zero" : "other" };
  });
  return runsWhere(states, (a, b) => a.state === b.state && a.to === b.from)
    .map((run) => ({ ...run[0], to: run.at(-1)!.to }));
}

/** A column that is not known in any row. */
function unknownRuns(rows: number): Runs {
  return { ends: Int32Array.of(rows), values: Float64Array.of(NaN), length: 1 };
}

/** The runs of a column that are not null, with their values. */
function stretchesOf(
  column: string,
  { ends, values, length }: Runs,
  { day, interval }: DayGrid,
): (ColumnStretch & { value: number })[] {
  const found: (ColumnStretch & { value: number })[] = [];
  let row = 0;
  for (let i = 0; i < length; i++) {
    const value = values[i]!;
    const [from, to] = [day + row * interval, day + ends[i]! * interval];
    if (value === value) found.push({ column, value, from, to });
    row = ends[i]!;
  }
  return found;
}
