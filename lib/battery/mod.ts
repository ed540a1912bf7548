/**
 * The figures that a battery engineer needs: of each module and day, and derived from many days.
 *
 * @module
 */
export { collectFigures, type Collector } from "./daily.ts";
export { consecutive, runsWhere } from "./consecutive.ts";
export { type BatteryEvent, eventsOf, isOrdinary, type JoinedRun, stateRuns } from "./events.ts";
export { LEAST_ROWS, leastKnown, weakestCell } from "./cells.ts";
export { REST_AMPERES } from "./flow.ts";
export { type FrozenRun, frozenRuns } from "./frozen.ts";
export {
  besideLimit,
  limitDigits,
  LIMITED,
  type Limited,
  LIMITED_QUANTITIES,
  type Limits,
  parseLimits,
  type ReportedEvent,
  type Violation,
  violationsOf,
} from "./limits.ts";
export {
  type BatteryDay,
  batteryDays,
  capacities,
  type Capacity,
  daysByModule,
  isCurrentSignKnown,
  type ModuleOnDay,
  outAndIn,
  positiveCurrent,
  socUnit,
} from "./history.ts";
export type {
  CellDay,
  ColumnStretch,
  ConstantRun,
  DayFigures,
  Deviation,
  Extreme,
  Flow,
  Flows,
  LoadDeviation,
  ModuleDay,
  PlaceDay,
  Range,
  RestEnd,
  SignalDay,
  SocDay,
  StateRun,
  Stretch,
  Swing,
} from "./figures.ts";
export { medianOf } from "./median.ts";
export { type Extremes, extremesIn } from "./runs.ts";
export { SILENT_AFTER } from "./signal_day.ts";
export { isMeasured, type Quantity, quantityByColumn, quantityOf } from "./quantities.ts";
export { type Tables, tablesOf } from "./tables.ts";
