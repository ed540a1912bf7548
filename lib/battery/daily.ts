/**
 * The figures of a day, module by module, from the columns that its hour files are made of.
 *
 * @module
 */
import { createRuns, type ModuleColumn, type Runs } from "../hours/mod.ts";
import { type Fact, type ValueSet } from "../telemetry/mod.ts";
import { type Bench, compareCells, createBench } from "./cells.ts";
import type { DayFigures, ModuleDay, PlaceDay, Range, StateRun, ZeroLimit } from "./figures.ts";
import { flowsOf, loadOf, restOf, restsOf, socOf } from "./flow.ts";
import {
  constantRuns,
  countKnown,
  extremeOf,
  type Grid,
  meanByHour,
  type NamedRuns,
  type Rows,
  rowsOfHours,
  withinStretches,
} from "./runs.ts";
import { type Quantities, quantitiesOf, quantityByColumn } from "./quantities.ts";
import { type DayGrid, silenceOf, steadyOf } from "./steady.ts";

/** Collects the figures of a day. */
export interface Collector {
  /**
   * Adds a module with its columns, whose rows must not change until that returns.
   *
   * @param hours The hours that have a file, in order.
   */
  add(
    phase: string,
    module: string,
    hours: readonly number[],
    columns: readonly ModuleColumn[],
  ): void;
  /** The figures of all modules; the rows of shared columns must not have changed. */
  end(): DayFigures;
}

/** A column that modules share. */
interface SharedColumn {
  /** The column. */
  column: ModuleColumn;
  /** Whose it is. */
  place: PlaceDay;
  /** The hours in which any module has it. */
  hours: Set<number>;
}

/** Buffers that are used again for every day, because allocating is slow. */
export interface FigureBuffers {
  /** The columns of a module with files for only some hours. */
  columns: Runs[];
  /** Room to compare cells in. */
  bench: Bench;
}

/** Makes them. */
export function createFigureBuffers(): FigureBuffers {
  return { columns: [], bench: createBench() };
}

/** Whose a signal is. */
export type SignalPlace = Pick<Fact, "phase" | "module" | "column">;

/**
 * Begins a day.
 *
 * @param day Its start in seconds since the epoch.
 * @param grid What rows are made with.
 * @param known The facts of the whole input say of which payload type a column is; the day's
 * signals, those around it among them, whose it is.
 * @param texts What text columns point to.
 */
export function collectFigures(
  day: number,
  grid: Grid,
  { facts, signals }: { facts: readonly Fact[]; signals: readonly SignalPlace[] },
  texts: ValueSet,
  { columns: room, bench }: FigureBuffers = createFigureBuffers(),
): Collector {
  const quantityOf = quantityByColumn(facts);
  const ofPhases = new Map<string, Set<string>>();
  for (const { phase, module, column } of signals) {
    if (phase === null || module !== null) continue;
    ofPhases.getOrInsertComputed(phase, () => new Set()).add(column);
  }
  const { interval, maxGap } = grid;
  // Readings of neighbouring rows may be as near as can be, whatever the interval.
  const gap = Math.max(1, Math.floor(maxGap / interval));
  const on: DayGrid = { day, interval, gap, rows: 86_400 / interval };
  const perHour = 3600 / interval;
  const shared = new Map<Runs, SharedColumn>();
  const places = new Map<string, PlaceDay>();
  const modules: ModuleDay[] = [];

  const placeOf = (phase: string | null, module: string | null) =>
    places.getOrInsertComputed(
      JSON.stringify([phase, module]),
      () => ({ phase, module, states: [], zeroLimits: [], steady: [], moving: [] }),
    );
  const system = placeOf(null, null);
  const noteSteady = (place: PlaceDay, column: ModuleColumn) => {
    const found = steadyOf(column, texts, on);
    if (found === null) return;
    if (found.values === null && found.runs.length === 0) place.moving.push(column.name);
    else place.steady.push(found);
  };
  const noteStates = (place: PlaceDay, { name, kind }: ModuleColumn, runs: Runs) => {
    const quantity = quantityOf(name);
    if (quantity === "state" && kind === "text") {
      for (const run of statesOf(name, runs, texts, on)) place.states.push(run);
    }
    if (quantity === "limit" && kind === "numeric") {
      for (const limit of zerosOf(name, runs, on)) place.zeroLimits.push(limit);
    }
  };
  const share = (column: ModuleColumn, place: PlaceDay, hours: readonly number[]) => {
    const found = shared.getOrInsertComputed(column.runs, () => {
      noteSteady(place, column);
      return { column, place, hours: new Set<number>() };
    });
    for (const hour of hours) found.hours.add(hour);
  };

  return {
    add(phase, module, hours, columns) {
      const place = placeOf(phase, module);
      const ofPhase = ofPhases.get(phase) ?? new Set();
      const stretches: Rows[] = rowsOfHours(hours, perHour);
      const named = columns.map((column, i): NamedRuns => {
        const { name } = column;
        const runs = withinStretches(column.runs, stretches, on.rows, room[i] ??= createRuns());
        if (column.shared) share(column, ofPhase.has(name) ? placeOf(phase, null) : system, hours);
        else {
          noteSteady(place, column);
          noteStates(place, column, runs);
        }
        return { name, runs };
      });
      const filled = named.map(({ name, runs }): [string, number] => [name, countKnown(runs)]);
      const heard = silenceOf(
        columns.filter((c) => !c.shared).map(({ rowValues }) => rowValues),
        on,
      );
      const quantities = quantitiesOf(columns, quantityOf);
      const figures = figuresOf(named, quantities, hours.length * perHour, on, bench);
      modules.push({ phase, module, ...figures, filled, ...heard });
    },
    end() {
      const room = createRuns();
      for (const { column, place, hours } of shared.values()) {
        const stretches = rowsOfHours([...hours].sort((a, b) => a - b), perHour);
        noteStates(place, column, withinStretches(column.runs, stretches, on.rows, room));
      }
      const rank = ({ phase, module }: PlaceDay) => phase === null ? 0 : module === null ? 1 : 2;
      return { modules, places: [...places.values()].sort((a, b) => rank(a) - rank(b)) };
    },
  };
}

type Figures = Omit<ModuleDay, "phase" | "module" | "filled" | "heard" | "silent">;

/** The figures of a module that come from the rows of its columns. */
function figuresOf(
  columns: readonly NamedRuns[],
  quantities: Quantities,
  rows: number,
  on: DayGrid,
  bench: Bench,
): Figures {
  const { day, interval } = on;
  const perHour = 3600 / interval;
  const runsOf = (i: number | null) => i === null ? null : columns[i]!.runs;
  const some = (indices: readonly number[]) => indices.map((i) => columns[i]!);
  const [voltage, current, soc] = [quantities.voltage, quantities.current, quantities.soc]
    .map(runsOf);
  const rest = current ? restOf(current, interval) : [];
  const range = (columns: readonly NamedRuns[]): Range | null => {
    const [min, max] = [-1, 1].map((sign) => extremeOf(columns, sign as 1 | -1, day, interval));
    return min && max ? { min, max } : null;
  };
  const cells = some(quantities.cells);
  const temperatures = some(quantities.batteryTemperatures);
  const load = current ? loadOf(current, rest) : constantRuns(on.rows, 0);
  const compared = compareCells(cells, load, bench);
  const { whole, spreadRows, restSpread, cells: compare } = compared;
  return {
    rows,
    flow: voltage && current ? flowsOf(voltage, current, interval) : null,
    ...current
      ? restsOf(rest, current, soc ?? null, on)
      : { rests: null, swings: [], charge: 0, unknownCurrent: on.rows },
    soc: soc ? socOf(soc, current ?? null, perHour) : null,
    current: quantities.current === null ? null : range(some([quantities.current])),
    cellVoltage: range(cells),
    batteryTemperature: range(temperatures),
    temperatureByHour: temperatures.map(({ runs }) => meanByHour(runs, perHour, 2)),
    cellsFilled: cells.length === 0 ? null : whole / rows,
    restRows: current ? rest.reduce((sum, [from, to]) => sum + to - from, 0) : null,
    spreadRows,
    restSpread,
    cells: compare,
  };
}

/** A state's runs. */
function statesOf(
  column: string,
  { ends, values, length }: Runs,
  texts: ValueSet,
  on: DayGrid,
): StateRun[] {
  const found: StateRun[] = [];
  let row = 0;
  for (let i = 0; i < length; i++) {
    const [from, to] = [on.day + row * on.interval, on.day + ends[i]! * on.interval];
    if (values[i] === values[i]) {
      found.push({ column, state: texts.text(values[i]!), from, to });
    }
    row = ends[i]!;
  }
  return found;
}

/** When a limit is at zero. */
function zerosOf(column: string, { ends, values, length }: Runs, on: DayGrid): ZeroLimit[] {
  const found: ZeroLimit[] = [];
  for (let i = 0; i < length; i++) {
    if (values[i] !== 0) continue;
    const from = on.day + (i === 0 ? 0 : ends[i - 1]!) * on.interval;
    found.push({ column, from, to: on.day + ends[i]! * on.interval });
  }
  return found;
}
