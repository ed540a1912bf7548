/**
 * What is known of a day's batteries: the figures that go on record when the day is built, so that
 * tables, events and pages over many days need no hour file.
 *
 * All times are seconds since the epoch. A row stands for the seconds from its start to its end, so
 * a stretch of rows ends where the row after it begins.
 *
 * @module
 */

/** The figures of a day. */
export interface DayFigures {
  /** Those of each module with hour files, in natural order. */
  modules: ModuleDay[];
  /** What was said of the system, of each phase and of each module, in this order. */
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
  /** What flowed in the rows with a known voltage and current; null if there are none. */
  flow: Flows | null;
  /**
   * The charge of all rows with a current, in Ah with its sign, whether a voltage is known or not.
   */
  charge: number;
  /**
   * Rows without a known current; those of hours without a file, of which a day may have some, too.
   */
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
   * The mean of each battery sensor in each hour in °C: 24 numbers a sensor, null where none is
   * known.
   */
  temperatureByHour: (number | null)[][];
  /** The share of the rows in which all cells are known; null for a module without cells. */
  cellsFilled: number | null;
  /** Rows at rest; null for a module without a current. */
  restRows: number | null;
  /** The rows at rest that have a spread. */
  spreadRows: number;
  /** Their median spread in mV; null under 60 rows. */
  restSpread: number | null;
  /** Each cell's deviations from the median of the module, in the order of the columns. */
  cells: CellDay[];
  /** The first row of the first stretch at rest, and the last row of the last one. */
  rests: [first: RestEnd, last: RestEnd] | null;
  /** Between stretches at rest that follow each other, where the state of charge swung far. */
  swings: Swing[];
  /** How many rows of each column are not null, in the order of the columns. */
  filled: [column: string, rows: number][];
  /**
   * The first and the last row in which the module itself reported: [start of one, end of the
   * other].
   */
  heard: Stretch | null;
  /** The stretches of more than an hour between them in which it did not. */
  silent: Stretch[];
}

/** From the start of a row to the end of another. */
export type Stretch = [from: number, to: number];

/** What flowed one way and the other; `positiveCurrent` says which one is discharge. */
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

/** The state of charge of a day, as it was reported: see `socUnit`. */
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

/** The least and the greatest of some values. */
export interface Range {
  /** The least. */
  min: Extreme;
  /** The greatest. */
  max: Extreme;
}

/** A value that no other one of the day exceeds. */
export interface Extreme {
  /** The value. */
  value: number;
  /**
   * The column that has it; of several the one that had it first, then the first in natural order.
   */
  column: string;
  /** The start of the first row of that column that has it. */
  at: number;
  /** How many columns have it, each at some time of the day. */
  columns: number;
}

/** What a cell's voltage was beside the median of its module's cells. */
export interface CellDay {
  /** Its column. */
  column: string;
  /** At rest; null if there are no such rows. */
  rest: Deviation | null;
  /** While the current was 0.5 A or more. */
  positive: LoadDeviation | null;
  /** While the current was -0.5 A or less. */
  negative: LoadDeviation | null;
}

/** A cell's deviations in some rows of a day, in mV. */
export interface Deviation {
  /** How many rows. */
  rows: number;
  /** The median deviation: below zero where the cell is lower than its neighbours. */
  median: number;
}

/** A cell's deviations under load. */
export interface LoadDeviation extends Deviation {
  /** The 95th percentile of its size in mV: in 95 % of the rows it is no larger. */
  p95: number;
}

/** The first or the last row of a stretch at rest, the state of charge of which is known. */
export interface RestEnd {
  /** The start of the row. */
  at: number;
  /** The state of charge, as it was reported. */
  soc: number;
  /** The charge in Ah, with its sign, from midnight to this row. */
  charge: number;
  /** Rows without a known current from midnight to this row. */
  unknown: number;
}

/** What lies between the last row of a stretch at rest and the first row of the next one. */
export interface Swing {
  /** What the state of charge changed by, as it was reported. */
  soc: number;
  /** What charge flowed, in Ah with its sign. */
  charge: number;
  /** The share of the time in which the current is not known. */
  unknown: number;
}

/** What was said of the system (no phase, no module), of a phase (no module) or of a module. */
export interface PlaceDay {
  /** The phase; null for the system. */
  phase: string | null;
  /** The module; null for the system and for a phase. */
  module: string | null;
  /** The states of `system_state`, in order; rows without one leave a hole. */
  states: StateRun[];
  /** When a limit of the current stood at 0 A, in order. */
  zeroLimits: ZeroLimit[];
  /** Signals that may be frozen, or that take few values. */
  steady: SteadySignal[];
  /** Columns of all other signals with readings: they took more than ten values. */
  moving: string[];
}

/** A stretch of rows in one state. */
export interface StateRun {
  /** The column of the state. */
  column: string;
  /** The state as it was reported. */
  state: string;
  /** The start of its first row. */
  from: number;
  /** The end of its last row. */
  to: number;
}

/** A stretch of rows with a limit of 0 A, short ones too: midnight may have cut them. */
export interface ZeroLimit {
  /** The column of the limit. */
  column: string;
  /** The start of its first row. */
  from: number;
  /** The end of its last row. */
  to: number;
}

/** How long a signal kept one value while its readings went on arriving. */
export interface SteadySignal {
  /** Its column. */
  column: string;
  /** Its distinct values, in the order in which they came; null if they are more than ten. */
  values: (number | string)[] | null;
  /** Those of two hours or more, and those that may go on across a midnight, in order. */
  runs: SteadyRun[];
}

/**
 * Rows with readings that are all of one value, no two of them further apart than the max gap: the
 * value, the start of the first row, the end of the last row, and whether the value is read on this
 * day outside of the run, too.
 */
export type SteadyRun = [value: number | string, from: number, to: number, again: boolean];
