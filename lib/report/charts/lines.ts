/**
 * Charts of what is measured over time, by module or phase.
 *
 * @module
 */
import type pl from "nodejs-polars";
import { axisOf, type Rows, rowsOf, valuesOf } from "./envelope.ts";
import { COLORS } from "./figure.ts";
import { type Line, panels } from "./panels.ts";
import { type ChartOptions, nothing, pick, SIGNALS } from "./parts.ts";

/** The lines of some columns; of more than can be told apart, only the extremes. */
function linesOf(names: readonly string[], columns: readonly Float64Array[]): Line[] {
  if (names.length <= COLORS.length) {
    return columns.map((values, i) => ({ label: names[i]!, values }));
  }
  const extreme = (isMore: (a: number, b: number) => boolean) => {
    const found = columns[0]!.slice();
    for (const values of columns) {
      for (let i = 0; i < found.length; i++) {
        if (found[i] !== found[i] || isMore(values[i]!, found[i]!)) found[i] = values[i]!;
      }
    }
    return found;
  };
  return [
    { label: `highest of ${names.length}`, values: extreme((a, b) => a > b) },
    { label: `lowest of ${names.length}`, values: extreme((a, b) => a < b) },
  ];
}

/** State of charge by module, as it was logged: some systems say 0.5, others 50. */
export function stateOfCharge(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.charge, options);
  const title = "State of charge by module";
  return panels(rowsOf(frame), linesOf(names, valuesOf(frame, names)), options, {
    title,
    unit: "charge (0 to 1, or %)",
  });
}

/** Voltage by module. */
export function moduleVoltage(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.voltage, options);
  return panels(rowsOf(frame), linesOf(names, valuesOf(frame, names)), options, {
    title: "Module voltage",
    unit: "voltage (V)",
  });
}

/** Current by module, with a line at zero. */
export function moduleCurrent(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.current, options);
  const title = "Module current, with a line at zero";
  return panels(rowsOf(frame), linesOf(names, valuesOf(frame, names)), options, {
    title,
    unit: "current (A)",
    zero: true,
  });
}

/** All temperatures of each module. */
export function temperatures(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.temperature, options);
  return panels(rowsOf(frame), linesOf(names, valuesOf(frame, names)), options, {
    title: "Temperatures",
    unit: "temperature (°C)",
  });
}

/** Current by phase: that of any of its modules, for all that report have the same. */
export function phaseCurrent(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.phaseCurrent, options);
  const title = "Phase current, with a line at zero";
  if (names.length === 0) return nothing(title, "no such signal", options);
  const { rows, columns } = byPhase(frame, names);
  return panels(rows, linesOf(names, columns), options, {
    title,
    unit: "current (A)",
    name: ({ phase }) => `phase ${phase}`,
    zero: true,
  });
}

/** What phases have in some columns: at each instant the value of any of their modules. */
function byPhase(
  frame: pl.DataFrame,
  names: readonly string[],
): { rows: Rows; columns: Float64Array[] } {
  const { times, series, places } = rowsOf(frame);
  const phases = [...new Set(places.map(({ phase }) => phase))];
  const { from, to, row } = axisOf(times, 1) ?? { from: 0, to: 0, row: 1 };
  const slots = Math.round((to - from) / row);
  const phaseOf = places.map(({ phase }) => phases.indexOf(phase));
  const columns = valuesOf(frame, names).map((values) => {
    const found = new Float64Array(phases.length * slots).fill(NaN);
    values.forEach((value, i) => {
      const slot = phaseOf[series[i]!]! * slots + Math.floor((times[i]! - from) / row);
      if (value === value) found[slot] = value;
    });
    return found;
  });
  const rows = {
    times: Float64Array.from({ length: phases.length * slots }, (_, i) => from + (i % slots) * row),
    series: Uint32Array.from({ length: phases.length * slots }, (_, i) => Math.floor(i / slots)),
    places: phases.map((phase) => ({ phase, module: "" })),
  };
  return { rows, columns };
}
