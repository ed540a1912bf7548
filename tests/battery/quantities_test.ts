import assert from "node:assert/strict";
import { quantityOf } from "../../lib/battery/mod.ts";
import { quantitiesOf, quantityByColumn } from "../../lib/battery/quantities.ts";
import { dayOf, moduleOf } from "./build.ts";

Deno.test("quantityOf() uses the payload type, and guesses nothing", () => {
  const expected = {
    cell_voltage_battery_1_cell_3: "cell voltage",
    battery_sensor_temperature_battery_1_sensor_1: "battery temperature",
    debug_value_debug_value_key_cb_temp_core: "board temperature",
    debug_value_debug_value_key_uptime: null,
    module_temperature: "module temperature",
    module_voltage: "module voltage",
    module_voltage_limit: null,
    battery_voltage_battery_1: null,
    phase_current: "phase current",
    phase_current_limit: null,
    system_derating_charging_amp: "limit",
    system_state: "state",
  };
  for (const [column, quantity] of Object.entries(expected)) {
    assert.equal(quantityOf(column), quantity, column);
  }
});

const columns = (...names: string[]) => names.map((name) => ({ name, kind: "numeric" as const }));
const signal = (payload: string, column: string) => {
  return { payload, column, phase: "1", module: "1", reason: null, numeric: 1, other: 0 };
};

Deno.test("quantitiesOf() accepts a voltage with further tags only if there is no other", () => {
  const signalCounts = [signal("module_voltage", "module_voltage_side_a")];
  const only = quantitiesOf(columns("module_voltage_side_a"), quantityByColumn(signalCounts));
  assert.equal(only.voltage!.name, "module_voltage_side_a");
  const more = [...signalCounts, signal("module_voltage", "module_voltage_side_b")];
  const two = columns("module_voltage_side_a", "module_voltage_side_b");
  assert.equal(quantitiesOf(two, quantityByColumn(more)).voltage, null);
  const own = [...columns("module_voltage"), ...two];
  const all = [...more, signal("module_voltage", "module_voltage")];
  assert.equal(quantitiesOf(own, quantityByColumn(all)).voltage!.name, "module_voltage");
  // Another payload type whose name begins in the same way.
  const other = [signal("module_voltage_limit", "module_voltage_limit")];
  assert.equal(
    quantitiesOf(columns("module_voltage_limit"), quantityByColumn(other)).voltage,
    null,
  );
});

Deno.test("quantityByColumn() uses the first payload type of a column, in whatever order they come", () => {
  // `module` with a tag `voltage_side`, and `module_voltage` with a tag `side`.
  const column = "module_voltage_side_a";
  const both = [signal("module", column), signal("module_voltage", column)];
  assert.equal(quantityByColumn(both)(column), null);
  assert.equal(quantityByColumn(both.toReversed())(column), null);
});

Deno.test("a current that is text is ignored, and so is a state that is a number", () => {
  const text = [{ name: "module_current", kind: "text" as const }];
  assert.equal(quantitiesOf(text, quantityByColumn([])).current, null);
  const { places } = dayOf({ modules: [{ own: { system_state: [[0, 9, 3]] } }] }).figures;
  assert.deepEqual(places.find(({ module }) => module === "1")!.states, []);
});

Deno.test("a site that reports none of the quantities gets nulls", () => {
  const { flow, soc, current, cellVoltage, batteryTemperature, cellsFilled, restRows, restSpread } =
    moduleOf({ pump_speed: [[0, 17280, 1]] });
  const found = [flow, soc, current, cellVoltage, batteryTemperature, cellsFilled, restRows];
  assert.deepEqual([...found, restSpread], Array(8).fill(null));
});
