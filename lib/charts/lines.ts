/**
 * Charts of what is measured over time, by module or phase.
 *
 * @module
 */
import pl from "nodejs-polars";
import { valuesOf } from "./envelope.ts";
import { COLORS } from "./figure.ts";
import { type Line, panels } from "./panels.ts";
import { type ChartOptions, nothing, pick, SIGNALS } from "./parts.ts";

/** The lines of some columns; of more than can be told apart, only the extremes. */
function linesOf(frame: pl.DataFrame, names: readonly string[]): Line[] {
  const columns = valuesOf(frame, names);
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
  return panels(frame, linesOf(frame, names), options, { title, unit: "charge (0 to 1, or %)" });
}

/** Voltage by module. */
export function moduleVoltage(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.voltage, options);
  return panels(frame, linesOf(frame, names), options, {
    title: "Module voltage",
    unit: "voltage (V)",
  });
}

/** Current by module, with a line at zero. */
export function moduleCurrent(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.current, options);
  const title = "Module current, with a line at zero";
  return panels(frame, linesOf(frame, names), options, { title, unit: "current (A)", zero: true });
}

/** All temperatures of each module. */
export function temperatures(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.temperature, options);
  return panels(frame, linesOf(frame, names), options, {
    title: "Temperatures",
    unit: "temperature (°C)",
  });
}

/** Current by phase: that of any of its modules, for all that report have the same. */
export function phaseCurrent(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const names = pick(frame, SIGNALS.phaseCurrent, options);
  const title = "Phase current, with a line at zero";
  if (names.length === 0) return nothing(title, "no such signal", options);
  const rows = frame.select("timestamp", "phase", ...names).groupBy("phase", "timestamp")
    .agg(...names.map((name) => pl.col(name).max()))
    .sort(["phase", "timestamp"]).withColumn(pl.lit("").alias("module"));
  return panels(rows, linesOf(rows, names), options, {
    title,
    unit: "current (A)",
    name: ({ phase }) => `phase ${phase}`,
    zero: true,
  });
}
