/**
 * The figures of a day, module by module, from the columns that its hour files are made of.
 *
 * @module
 */
import type { ModuleColumn, RowValues } from "../hours/mod.ts";
import { type Fact, type ValueSet } from "../telemetry/mod.ts";
import { type Bench, compareCells, createBench } from "./cells.ts";
import type { DayFigures, ModuleDay, PlaceDay, Range, StateRun, ZeroLimit } from "./figures.ts";
import { flowsOf, loadOf, restOf, restsOf, socOf } from "./flow.ts";
import {
  chainsOf,
  constantLane,
  countFilled,
  createLane,
  createLayOut,
  extremeOf,
  type Grid,
  type Lane,
  meanByHour,
  type Named,
  rowsOfHours,
} from "./lanes.ts";
import { type Quantities, quantitiesOf, type Quantity, quantityByColumn } from "./quantities.ts";
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
interface SharedColumn extends ModuleColumn {
  /** Whose it is. */
  place: PlaceDay;
  /** See {@linkcode chainsOf}. */
  chains: readonly number[];
  /** The hours in which any of them has it. */
  hours: Set<number>;
  /** The column over the day, for modules with some hours. */
  lane: Lane;
  /** Which hours these are. */
  key: string;
  /** How many rows it has in them. */
  filled: number;
}

/** Buffers that are used again for every day, because allocating is slow. */
export interface FigureBuffers {
  /** The columns of a module over a day. */
  lanes: Lane[];
  /** Room to compare cells in. */
  bench: Bench;
}

/** Makes them. */
export function createFigureBuffers(): FigureBuffers {
  return { lanes: [], bench: createBench() };
}

/** Quantities of which no figure is computed row by row. */
const UNUSED: ReadonlySet<Quantity> = new Set(["board temperature", "module temperature"]);

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
  { lanes: own, bench }: FigureBuffers = createFigureBuffers(),
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
  const layOut = createLayOut(grid, on.rows);
  const nothing = constantLane(on.rows, NaN);
  const shared = new Map<RowValues, SharedColumn>();
  const places = new Map<string, PlaceDay>();
  const modules: ModuleDay[] = [];

  const placeOf = (phase: string | null, module: string | null) =>
    places.getOrInsertComputed(
      JSON.stringify([phase, module]),
      () => ({ phase, module, states: [], zeroLimits: [], steady: [], moving: [] }),
    );
  const system = placeOf(null, null);
  const noteSteady = (place: PlaceDay, column: ModuleColumn, chains: readonly number[]) => {
    const found = steadyOf(column, chains, texts, on);
    if (found === null) return;
    if (found.values === null && found.runs.length === 0) place.moving.push(column.name);
    else place.steady.push(found);
  };
  const hasRows = (column: string) => {
    const quantity = quantityOf(column);
    return quantity !== null && !UNUSED.has(quantity);
  };
  const noteStates = (place: PlaceDay, { name, kind }: ModuleColumn, lane: Lane) => {
    const quantity = quantityOf(name);
    if (quantity === "state" && kind === "text") {
      for (const run of statesOf(name, lane, texts, on)) place.states.push(run);
    }
    if (quantity === "limit" && kind === "numeric") {
      for (const limit of zerosOf(name, lane, on)) place.zeroLimits.push(limit);
    }
  };

  return {
    add(phase, module, hours, columns) {
      const key = hours.join();
      const place = placeOf(phase, module);
      const ofPhase = ofPhases.get(phase) ?? new Set();
      const rows = rowsOfHours(hours, perHour);
      const share = (column: ModuleColumn, place: PlaceDay): SharedColumn => {
        const { name, rowValues, kind } = column;
        const found = shared.getOrInsertComputed(rowValues, () => {
          const chains = chainsOf(rowValues, gap);
          noteSteady(place, column, chains);
          const lane = createLane();
          return { ...column, place, chains, hours: new Set(), lane, key: "", filled: 0 };
        });
        if (found.key === key) return found;
        found.key = key;
        found.filled = countFilled(rowValues, kind, found.chains, rows, grid);
        if (hasRows(name)) layOut(found.lane, rowValues, kind, rows);
        hours.forEach((hour) => found.hours.add(hour));
        return found;
      };
      const filled: ModuleDay["filled"] = [];
      const lanes = columns.map((column, i): Named => {
        const { name, rowValues, kind, shared: isShared } = column;
        if (rowValues.length === 0) {
          filled.push([name, 0]);
          return { name, lane: nothing };
        }
        if (isShared) {
          const found = share(column, ofPhase.has(name) ? placeOf(phase, null) : system);
          filled.push([name, found.filled]);
          return { name, lane: found.lane };
        }
        const lane = own[i] ??= createLane();
        const chains = chainsOf(rowValues, gap);
        filled.push([name, countFilled(rowValues, kind, chains, rows, grid)]);
        noteSteady(place, column, chains);
        if (hasRows(name)) layOut(lane, rowValues, kind, rows);
        noteStates(place, column, lane);
        return { name, lane };
      });
      const heard = silenceOf(
        columns.filter((c) => !c.shared).map(({ rowValues }) => rowValues),
        on,
      );
      const quantities = quantitiesOf(columns, quantityOf);
      const figures = figuresOf(lanes, quantities, hours.length * perHour, on, bench);
      modules.push({ phase, module, ...figures, filled, ...heard });
    },
    end() {
      for (const column of shared.values()) {
        const { name, kind, rowValues, place, hours, lane } = column;
        const quantity = quantityOf(name);
        if (quantity !== "state" && quantity !== "limit") continue;
        layOut(lane, rowValues, kind, rowsOfHours([...hours].sort((a, b) => a - b), perHour));
        noteStates(place, column, lane);
      }
      const rank = ({ phase, module }: PlaceDay) => phase === null ? 0 : module === null ? 1 : 2;
      return { modules, places: [...places.values()].sort((a, b) => rank(a) - rank(b)) };
    },
  };
}

type Figures = Omit<ModuleDay, "phase" | "module" | "filled" | "heard" | "silent">;

/** The figures of a module that come from the rows of its columns. */
function figuresOf(
  columns: readonly Named[],
  quantities: Quantities,
  rows: number,
  on: DayGrid,
  bench: Bench,
): Figures {
  const { day, interval } = on;
  const perHour = 3600 / interval;
  const laneOf = (i: number | null) => i === null ? null : columns[i]!.lane;
  const some = (indices: readonly number[]) => indices.map((i) => columns[i]!);
  const [voltage, current, soc] = [quantities.voltage, quantities.current, quantities.soc]
    .map(laneOf);
  const rest = current ? restOf(current, interval) : [];
  const range = (columns: readonly Named[]): Range | null => {
    const [min, max] = [-1, 1].map((sign) => extremeOf(columns, sign as 1 | -1, day, interval));
    return min && max ? { min, max } : null;
  };
  const cells = some(quantities.cells);
  const temperatures = some(quantities.batteryTemperatures);
  const load = current ? loadOf(current, rest) : constantLane(on.rows, 0);
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
    temperatureByHour: temperatures.map(({ lane }) => meanByHour(lane, perHour, 2)),
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
  { ends, values, length }: Lane,
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
function zerosOf(column: string, { ends, values, length }: Lane, on: DayGrid): ZeroLimit[] {
  const found: ZeroLimit[] = [];
  for (let i = 0; i < length; i++) {
    if (values[i] !== 0) continue;
    const from = on.day + (i === 0 ? 0 : ends[i - 1]!) * on.interval;
    found.push({ column, from, to: on.day + ends[i]! * on.interval });
  }
  return found;
}
