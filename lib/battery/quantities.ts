/**
 * Which column is which quantity. That goes by payload type; what a site does not report stays
 * unknown, and is never guessed from something similar.
 *
 * @module
 */
import { compareNatural, type Fact, type Kind } from "../telemetry/mod.ts";

/** What a column of a module measures. */
export type Quantity =
  | "cell voltage"
  | "module voltage"
  | "current"
  | "state of charge"
  | "battery temperature"
  | "board temperature"
  | "module temperature"
  | "state"
  | "limit";

const EXACT: ReadonlyMap<string, Quantity> = new Map([
  ["module_voltage", "module voltage"],
  ["module_current", "current"],
  ["module_state_of_charge", "state of charge"],
  ["module_temperature", "module temperature"],
  ["system_state", "state"],
  ["system_derating_charging_amp", "limit"],
  ["system_derating_discharging_amp", "limit"],
]);

/**
 * The quantity of a column; null if it is none that figures are computed of.
 *
 * @param payload The payload type. Who has only a column gives its name: without further tags that
 * is the payload type, and cells and sensors go by how it begins.
 * @param column The column, which names the part of a board that a temperature is of.
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

/** The columns of a module by quantity, as indices; those of several in natural order. */
export interface Quantities {
  /** One a cell. */
  cells: number[];
  /** The module's voltage. */
  voltage: number | null;
  /** The module's current. */
  current: number | null;
  /** The state of charge. */
  soc: number | null;
  /** One a sensor. */
  batteryTemperatures: number[];
  /** The state, a text. */
  states: number[];
  /** The limits of the current. */
  limits: number[];
}

/**
 * Sorts a module's columns by quantity.
 *
 * A voltage, current or state of charge that comes in several columns, told apart by further tags,
 * is that of several parts; the module's own is the one without such tags, or else unknown.
 *
 * @param payloads The payload type of each column that is known.
 */
export function quantitiesOf(
  columns: readonly { name: string; kind: Kind }[],
  payloads: ReadonlyMap<string, string>,
): Quantities {
  const found = Map.groupBy(columns.keys(), (i) => {
    const { name, kind } = columns[i]!;
    const quantity = quantityOf(payloads.get(name) ?? name, name);
    return (quantity === "state") === (kind === "text") ? quantity : null;
  });
  const all = (quantity: Quantity) =>
    (found.get(quantity) ?? []).sort((a, b) => compareNatural(columns[a]!.name, columns[b]!.name));
  const one = (quantity: Quantity): number | null => {
    const list = all(quantity);
    if (list.length === 1) return list[0]!;
    return list.find((i) => payloads.get(columns[i]!.name) === columns[i]!.name) ?? null;
  };
  return {
    cells: all("cell voltage"),
    voltage: one("module voltage"),
    current: one("current"),
    soc: one("state of charge"),
    batteryTemperatures: all("battery temperature"),
    states: all("state"),
    limits: all("limit"),
  };
}

/** The payload type of each column; of several that make the same column, the first by name. */
export function payloadsOf(facts: Iterable<Fact>): Map<string, string> {
  const found = new Map<string, string>();
  for (const { column, payload } of facts) {
    const known = found.get(column);
    if (known === undefined || payload < known) found.set(column, payload);
  }
  return found;
}
