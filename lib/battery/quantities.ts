/**
 * Finds the quantity of each column by its payload type. A quantity that a site does not report is
 * unknown; it is never guessed from similar ones.
 *
 * @module
 */
import { type Kind, type SignalCounts } from "../telemetry/mod.ts";

/** What a column of a module measures. */
export type Quantity =
  | "cell voltage"
  | "module voltage"
  | "current"
  | "phase current"
  | "state of charge"
  | "battery temperature"
  | "board temperature"
  | "module temperature"
  | "state"
  | "limit";

const EXACT: ReadonlyMap<string, Quantity> = new Map([
  ["module_voltage", "module voltage"],
  ["module_current", "current"],
  ["phase_current", "phase current"],
  ["module_state_of_charge", "state of charge"],
  ["module_temperature", "module temperature"],
  ["system_state", "state"],
  ["system_derating_charging_amp", "limit"],
  ["system_derating_discharging_amp", "limit"],
]);

/**
 * The quantity that a column measures; null if it is none that figures or charts use.
 *
 * @param payload The payload type, or the name of the column if that is all there is: they are equal
 * without further tags, and cells and sensors are recognised by the beginning of the name.
 * @param column The column, which shows whether a debug value is a temperature.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quantityOf } from "./quantities.ts";
 * assert.equal(quantityOf("cell_voltage_battery_1_cell_3"), "cell voltage");
 * assert.equal(quantityOf("debug_value", "debug_value_debug_value_key_cb_temp_core"), "board temperature");
 * assert.equal(quantityOf("debug_value", "debug_value_debug_value_key_uptime"), null);
 * ```
 */
export function quantityOf(payload: string, column: string = payload): Quantity | null {
  if (payload.startsWith("cell_voltage")) return "cell voltage";
  if (payload.startsWith("battery_sensor_temperature")) return "battery temperature";
  if (payload.startsWith("debug_value") && column.includes("temp")) return "board temperature";
  return EXACT.get(payload) ?? null;
}

/** Whether a payload type measures a quantity, and its readings should therefore be numbers. */
export function isMeasured(payload: string): boolean {
  const quantity = quantityOf(payload);
  return quantity !== null && quantity !== "state";
}

/** The numeric columns of a module by quantity. */
export interface Quantities<Column> {
  /** One column per cell. */
  cells: Column[];
  /** The module's voltage. */
  voltage: Column | null;
  /** The module's current. */
  current: Column | null;
  /** The state of charge. */
  soc: Column | null;
  /** One column per sensor. */
  batteryTemperatures: Column[];
}

/**
 * Groups a module's columns by quantity.
 *
 * If several columns have a voltage, current or state of charge, further tags distinguish them, and
 * they belong to parts of the module; the module's own is the one without such tags, if there is one.
 */
export function quantitiesOf<Column extends { name: string; kind: Kind }>(
  columns: readonly Column[],
  quantityOf: (column: string) => Quantity | null,
): Quantities<Column> {
  const groups = Map.groupBy(
    columns.filter(({ kind }) => kind === "numeric"),
    ({ name }) => quantityOf(name),
  );
  const all = (quantity: Quantity) => groups.get(quantity) ?? [];
  const one = (quantity: Quantity): Column | null => {
    const [first, ...others] = all(quantity);
    if (others.length === 0) return first ?? null;
    return all(quantity).find(({ name }) => EXACT.has(name)) ?? null;
  };
  return {
    cells: all("cell voltage"),
    voltage: one("module voltage"),
    current: one("current"),
    soc: one("state of charge"),
    batteryTemperatures: all("battery temperature"),
  };
}

/**
 * Returns a function that finds a column's quantity; of two payload types, the first decides.
 *
 * @param signalCounts Signals that show the payload type of each column.
 */
export function quantityByColumn(
  signalCounts: readonly Pick<SignalCounts, "payload" | "column">[],
): (column: string) => Quantity | null {
  const payloads = new Map<string, string>();
  for (const { column, payload } of signalCounts) {
    const known = payloads.get(column);
    if (known === undefined || payload < known) payloads.set(column, payload);
  }
  const quantities = new Map<string, Quantity | null>();
  return (column) =>
    quantities.getOrInsertComputed(
      column,
      () => quantityOf(payloads.get(column) ?? column, column),
    );
}
