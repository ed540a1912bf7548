/**
 * Charts of what is measured over time, by module or phase.
 *
 * @module
 */
import type pl from "nodejs-polars";
import { axisOf, type Rows, rowsOf, valuesOf } from "./frame.ts";
import { COLORS, type Figure } from "./figure.ts";
import { type Line, type Lines, panels } from "./panels.ts";
import { type ChartOptions, pick, SIGNALS } from "./signals.ts";
import { emptyChart } from "./words.ts";

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

/** Draws the columns of a signal as lines in a panel for each module. */
function draw(frame: pl.DataFrame, names: string[], options: ChartOptions, words: Lines): Figure {
  return panels(rowsOf(frame), linesOf(names, valuesOf(frame, names)), options, words);
}

/** State of charge by module: its unit is a fraction, or per cent if any value exceeds 1.5. */
export function stateOfCharge(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const names = pick(frame, SIGNALS.charge, options);
  const isPercent = valuesOf(frame, names).some((values) => values.some((value) => value > 1.5));
  const unit = isPercent ? "state of charge (%)" : "state of charge (0 to 1)";
  return draw(frame, names, options, { title: "State of charge by module", unit });
}

/** Voltage by module. */
export function moduleVoltage(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const names = pick(frame, SIGNALS.voltage, options);
  return draw(frame, names, options, { title: "Module voltage", unit: "voltage (V)" });
}

/** What is said of the sign of current. */
function signOf({ positiveCurrent }: ChartOptions): { remark?: string } {
  return positiveCurrent === undefined ? {} : { remark: `Positive current is ${positiveCurrent}` };
}

/** Current by module, with a line at zero. */
export function moduleCurrent(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const names = pick(frame, SIGNALS.current, options);
  const title = "Module current, with a line at zero";
  return draw(frame, names, options, {
    title,
    unit: "current (A)",
    zero: true,
    ...signOf(options),
  });
}

/** The temperatures of each module's battery; those of its boards are a chart of their own. */
export function temperatures(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const names = pick(frame, SIGNALS.temperature, options);
  return draw(frame, names, options, { title: "Temperatures", unit: "temperature (°C)" });
}

/** The temperatures of each module's boards, which say nothing about the battery. */
export function boardTemperatures(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const names = pick(frame, SIGNALS.boardTemperature, options);
  const title = "Board temperatures (not of the battery)";
  return draw(frame, names, options, { title, unit: "temperature (°C)" });
}

/** Current by phase: that of any of its modules, for all that report have the same. */
export function phaseCurrent(frame: pl.DataFrame, options: ChartOptions = {}): Figure {
  const names = pick(frame, SIGNALS.phaseCurrent, options);
  const title = "Phase current, with a line at zero";
  if (names.length === 0) return emptyChart(title, "no such signal", options);
  const { rows, columns } = byPhase(frame, names);
  const { link: _, ...others } = options;
  return panels(rows, linesOf(names, columns), others, {
    title,
    unit: "current (A)",
    name: ({ phase }) => `phase ${phase}`,
    zero: true,
    ...signOf(options),
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
