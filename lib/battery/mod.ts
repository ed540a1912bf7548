/**
 * The figures that a battery engineer needs: of each module and day, and derived from many days.
 *
 * @module
 */
export { collectFigures } from "./daily.ts";
export { consecutive, runsWhere } from "./consecutive.ts";
export { type BatteryEvent, eventsOf, isOrdinary, type JoinedRun, stateRuns } from "./events.ts";
export { LEAST_ROWS, leastKnown, weakestCell } from "./cells.ts";
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
  DayFigures,
  Extreme,
  Flows,
  LoadDeviation,
  ModuleDay,
  PlaceDay,
  StateRun,
} from "./figures.ts";
export { medianOf } from "./median.ts";
export { extremesIn } from "./runs.ts";
export { SILENT_AFTER } from "./signal_day.ts";
export { isMeasured, type Quantity, quantityByColumn, quantityOf } from "./quantities.ts";
export { tablesOf } from "./tables.ts";
