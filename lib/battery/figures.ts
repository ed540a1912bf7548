/**
 * The figures of a day's batteries. They are part of the day's record, so that tables, events and
 * pages over many days need no hour files. If their form changes, the records need a new format.
 *
 * All times are seconds since the epoch. A stretch of rows ends where the row after it begins.
 *
 * @module
 */
import type { Place } from "../telemetry/mod.ts";

/** The figures of a day. */
export interface DayFigures {
  /** Those of each module with hour files, in natural order. */
  modules: ModuleDay[];
  /** What was reported for the system, for each phase and for each module, in this order. */
  places: PlaceDay[];
}

/** The figures of a module's day, from the rows of its hour files. */
export interface ModuleDay {
  /** Its phase. */
  phase: string;
  /** Its name within the phase. */
  module: string;
  /** How many rows its hour files have. */
  rows: number;
  /** Energy and charge of the rows with a known voltage and current; null if there are none. */
  flow: Flows | null;
  /** The charge of all rows with a known current, in Ah with its sign. */
  charge: number;
  /** The charge of the same rows in Ah, out plus in. */
  throughput: number;
  /** For how many seconds no current is known, including hours without a file. */
  unknownCurrent: number;
  /** The state of charge; null if the module has none. */
  soc: SocDay | null;
  /** The least and the greatest current in A; null if none is known. */
  current: Range | null;
  /** The least and the greatest voltage of a cell in V. */
  cellVoltage: Range | null;
  /** The least and the greatest battery temperature in °C. */
  batteryTemperature: Range | null;
  /**
   * The mean of each battery sensor in each hour in °C: 24 numbers per sensor, null where none is
   * known.
   */
  temperatureByHour: (number | null)[][];
  /** The share of the rows in which all cells are known; null for a module without cells. */
  cellsFilled: number | null;
  /** Rows at rest; null for a module without a current. */
  restRows: number | null;
  /** The rows at rest that have a spread. */
  spreadRows: number;
  /** Their median spread in mV; null if there are fewer than 60. */
  restSpread: number | null;
  /** Each cell's deviations from the median of the module, in the order of the columns. */
  cells: CellDay[];
  /** The first row of the first stretch at rest, and the last row of the last one. */
  rests: [first: RestEnd, last: RestEnd] | null;
  /** The changes between neighbouring stretches at rest, if the state of charge changed a lot. */
  swings: Swing[];
  /** How many rows of each column are not null, in the order of the columns. */
  filled: [column: string, rows: number][];
  /** From the first to the last row with readings of the module's own; null if there are none. */
  reported: Stretch | null;
  /** The stretches of more than an hour within it that have no such row. */
  silent: Stretch[];
}

/** From the start of a row to the end of another. */
export type Stretch = [from: number, to: number];

/** Energy and charge by the sign of the current; `positiveCurrent` says which is discharge. */
export interface Flows {
  /** While the current was above zero. */
  positive: Flow;
  /** While it was below zero. */
  negative: Flow;
}

/** Energy and charge, never below zero. */
export interface Flow {
  /** Energy in kWh. */
  energy: number;
  /** Charge in Ah. */
  charge: number;
}

/** The state of charge of a day, in the unit that was reported: see `socUnit`. */
export interface SocDay {
  /** The least. */
  min: number;
  /** The greatest. */
  max: number;
  /** The mean of each hour: 24 numbers, null where none is known. */
  byHour: (number | null)[];
  /** The value of the first row that has one. */
  first: number;
  /** The value of the last row that has one. */
  last: number;
  /** The current in that last row in A; null if it is not known. */
  lastCurrent: number | null;
  /** Σ I·ΔSOC, ΔSOC up to the next row of the day with a state of charge. */
  correlation: number;
}

/** The least and the greatest of several values. */
export interface Range {
  /** The least. */
  min: Extreme;
  /** The greatest. */
  max: Extreme;
}

/** The least or the greatest value of a day. */
export interface Extreme {
  /** The value. */
  value: number;
  /** The column that has it first; of several, the first in natural order. */
  column: string;
  /** The start of the first row of that column that has it. */
  at: number;
  /** How many columns have it at some time of the day. */
  columns: number;
}

/** How far a cell's voltage was from the median of its module's cells. */
export interface CellDay {
  /** Its column. */
  column: string;
  /** At rest; null if there are no such rows, here and below. */
  rest: Deviation | null;
  /** While the current was 0.5 A or more. */
  positive: LoadDeviation | null;
  /** While the current was -0.5 A or less. */
  negative: LoadDeviation | null;
}

/** A cell's deviations in several rows, in mV. */
export interface Deviation {
  /** How many rows. */
  rows: number;
  /** The median deviation; negative if the cell is lower than its neighbours. */
  median: number;
}

/** A cell's deviations under load. */
export interface LoadDeviation extends Deviation {
  /** The 95th percentile of its size in mV: in 95 % of the rows it is no larger. */
  p95: number;
}

/** The first or the last row of a stretch at rest; its state of charge is known. */
export interface RestEnd {
  /** The start of the row. */
  at: number;
  /** The state of charge, in the unit that was reported. */
  soc: number;
  /** The charge in Ah, with its sign, from midnight to this row. */
  charge: number;
  /** For how many seconds no current is known from midnight to the end of this row. */
  unknown: number;
}

/** The change from the last row of a stretch at rest to the first row of the next stretch. */
export interface Swing {
  /** The change of the state of charge, in the unit that was reported. */
  soc: number;
  /** The charge that flowed, in Ah with its sign. */
  charge: number;
  /** The share of the time in which the current is not known. */
  unknown: number;
}

/** What was reported for the system, a phase or a module. */
export interface PlaceDay extends Place {
  /** The states of `system_state`, in order; rows without a state are in none of them. */
  states: StateRun[];
  /** When each limit of the current was zero, and when it was not, in order. */
  limits: StateRun[];
  /** Its signals with readings. */
  signals: SignalDay[];
}

/** Consecutive rows of a column. */
export interface ColumnStretch {
  /** The column. */
  column: string;
  /** The start of the first row. */
  from: number;
  /** The end of the last row. */
  to: number;
}

/** Consecutive rows in one state. */
export interface StateRun extends ColumnStretch {
  /** The state as it was reported; for a limit, `zero` or `other`. */
  state: string;
}

/** Which values a signal has on a day, and how long it keeps them. */
export interface SignalDay {
  /** Its column. */
  column: string;
  /** Its distinct values, in order of first appearance; null if there are more than ten. */
  values: (number | string)[] | null;
  /** Its runs of two hours or more, and those that may continue across midnight, in order. */
  runs: ConstantRun[];
}

/**
 * Rows with readings that all have one value, without a gap longer than the max gap: the value, the
 * start of the first row, the end of the last row, and whether the value also occurs outside the
 * run on this day.
 */
export type ConstantRun = [value: number | string, from: number, to: number, recurs: boolean];
