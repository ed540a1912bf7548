/**
 * Makes records of days with batteries, for tests and benchmarks of the report.
 *
 * @module
 */
import type {
  BatteryDay,
  CellDay,
  DayFigures,
  ModuleDay,
  PlaceDay,
  StateRun,
} from "../../lib/battery/mod.ts";

import type { DayRecord } from "../../lib/store/mod.ts";
import { dayRecord } from "./records.ts";

const DAY = 86_400;
/** 2024-06-01. */
export const FIRST_DAY = 1_717_200_000;

/** The number of days and modules, and which days are missing. */
export interface Made {
  days: number;
  phases: number;
  modules: number;
  cells: number;
  missing?: readonly number[];
}

/**
 * Days of a system in which cell 9 of module 2_4 deviates from the 41st day on, most rows of
 * module 1_3 lack cells, the system reports ERROR for 38 hours and EMERGENCY for 23 minutes, and one
 * module has no cell at all.
 */
export function makeDays(made: Made): BatteryDay[] {
  return Array.from({ length: made.days }, (_, index) => index)
    .filter((index) => !made.missing?.includes(index))
    .map((index) => ({
      day: FIRST_DAY + index * DAY,
      interval: 5,
      maxGap: 300,
      fill: "hold",
      figures: makeDay(made, index),
    }));
}

/** The records of the same days. */
export function makeRecords(made: Made): DayRecord[] {
  return makeDays(made).map(({ day, figures }) => {
    const modules = figures.modules.map(({ phase, module }): [string, string] => [phase, module]);
    const hours = Array<number>(24).fill(200);
    return dayRecord(day, {
      rows: 5_000_000,
      readings: 1_200_000,
      modules,
      coverage: modules.map(() => ({ observed: hours, filled: hours })),
      gaps: { module_voltage: Array<number>(15).fill(1000) },
      figures: JSON.stringify(figures),
    });
  });
}

function makeDay({ phases, modules, cells }: Made, index: number): DayFigures {
  const places: [string, string][] = Array.from({ length: phases * modules }, (_, i) => [
    String(1 + Math.floor(i / modules)),
    String(1 + (i % modules)),
  ]);
  return {
    modules: places.map(([phase, module], i) => makeModule(phase, module, i, index, cells)),
    places: [makeSystem(index)],
  };
}

function makeSystem(index: number): PlaceDay {
  const day = FIRST_DAY + index * DAY;
  const run = (state: string, from: number, to: number): StateRun => ({
    column: "system_state",
    state,
    from: day + from * 3600,
    to: day + to * 3600,
  });
  const usual = [0, 6, 12, 18].flatMap((hour) => [
    run("IDLE", hour, hour + 2),
    run("READY", hour + 2, hour + 2.5),
    run("RUN", hour + 2.5, hour + 6),
  ]);
  const states = index === 50
    ? [run("IDLE", 0, 10), run("ERROR", 10, 24)]
    : index === 51
    ? [run("ERROR", 0, 24)]
    : index === 30
    ? [run("IDLE", 0, 10), run("EMERGENCY", 10, 10 + 23 / 60), run("IDLE", 10 + 23 / 60, 24)]
    : usual;
  return { phase: null, module: null, states, limits: [], signals: [] };
}

/** The deviation of a cell at rest in mV. */
function deviation(phase: string, module: string, cell: number, index: number): number {
  if (phase === "2" && module === "4" && cell === 9 && index >= 40) return -600 - (index - 40) * 3;
  return ((cell * 7) % 5) - 2 + (cell === 3 ? -Number(module) - index / 20 : 0);
}

function makeModule(
  phase: string,
  module: string,
  place: number,
  index: number,
  cellCount: number,
): ModuleDay {
  const day = FIRST_DAY + index * DAY;
  const hasCells = !(phase === "1" && module === "2");
  const isSparse = phase === "1" && module === "3";
  const cells: CellDay[] = Array.from({ length: hasCells ? cellCount : 0 }, (_, i) => {
    const median = deviation(phase, module, i + 1, index);
    const at = (factor: number) => ({
      rows: 900,
      median: median * factor,
      p95: Math.abs(median) * factor * 1.2,
    });
    return {
      column: `cell_voltage_battery_1_cell_${i + 1}`,
      rest: isSparse ? null : at(1),
      positive: at(1.5),
      negative: at(1.3),
    };
  });
  const medians = cells.map(({ rest }) => rest?.median ?? 0);
  const spread = Math.max(...medians) - Math.min(...medians);
  const extreme = (value: number, column: string) => ({
    value,
    column,
    at: day + 36_000 + place,
    columns: 1,
  });
  const wave = (hour: number) =>
    0.5 + 0.35 * Math.sin(((hour + index * 3) / 24) * 2 * Math.PI) + place / 400;
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  return {
    phase,
    module,
    rows: 17_280,
    flow: {
      positive: { energy: 1.2 + place / 50, charge: 24 + place },
      negative: { energy: 1.3 + place / 50, charge: 25 + place },
    },
    charge: -1,
    throughput: 49 + 2 * place,
    unknownCurrent: 12,
    soc: {
      min: 0.15,
      max: 0.85,
      byHour: hours.map(wave),
      first: wave(0),
      last: wave(23),
      lastCurrent: 3,
      correlation: -4,
    },
    current: {
      min: extreme(-21.5, "module_current"),
      max: extreme(24.2 + place / 10, "module_current"),
    },
    cellVoltage: hasCells
      ? {
        min: extreme(3.4 - place / 1000, "cell_voltage_battery_1_cell_9"),
        max: extreme(4.1 + place / 1000, "cell_voltage_battery_1_cell_2"),
      }
      : null,
    batteryTemperature: {
      min: extreme(19.4, "battery_sensor_temperature_battery_1_sensor_1"),
      max: extreme(28.4 + place / 10, "battery_sensor_temperature_battery_1_sensor_1"),
    },
    temperatureByHour: [hours.map((hour) => 22 + Math.sin(hour / 4) * 3 + place / 10 + index / 20)],
    cellsFilled: hasCells ? (isSparse ? 0.03 : 0.85 + place / 200) : null,
    restRows: 6000,
    spreadRows: hasCells ? (isSparse ? 30 : 5000) : 0,
    restSpread: hasCells && !isSparse ? spread : null,
    cells,
    rests: [
      { at: day, soc: 0.2, charge: 0, unknown: 0 },
      { at: day + 43_595, soc: 0.7, charge: -25 - place / 10, unknown: 0 },
    ],
    swings: [{ soc: 0.5, charge: -25 - place / 10, unknown: 0 }],
    filled: [
      ["battery_sensor_temperature_battery_1_sensor_1", 15_000],
      ...cells.map(({ column }): [string, number] => [column, isSparse ? 520 : 15_000]),
      ["module_current", 17_268],
      ["module_voltage", 17_268],
      ["system_state", 17_280],
    ],
    reported: [day, day + DAY],
    silent: [],
  };
}
