/**
 * The charts of a report's pages, of as many rows at a time as memory is for.
 *
 * @module
 */
import {
  boardTemperatures,
  cellSpread,
  cellStrip,
  type ChartOptions,
  coverage,
  type Figure,
  isCharted,
  moduleCurrent,
  type ModuleRows,
  moduleVoltage,
  phaseCurrent,
  readHours,
  samplingGaps,
  stateOfCharge,
  systemState,
  temperatures,
} from "./charts/mod.ts";
import { chart, paragraph } from "./html.ts";
import { type BatteryDay, batteryDays } from "../battery/mod.ts";
import type { TableOptions } from "../hours/mod.ts";
import type { DayRecord } from "../store/mod.ts";
import { DAY, folderOf } from "../telemetry/mod.ts";
import { moduleLink } from "./site.ts";

/** How rows were made, in words. */
function fillRule({ interval, aggregate, fill, maxGap }: TableOptions): string {
  const rule = {
    hold: `a value is held for ${maxGap} s at most`,
    linear: `rows ${maxGap} s apart at most are joined by a line`,
    none: "nothing is filled in",
  }[fill];
  return `Rows of ${interval} s (${aggregate}); ${rule}`;
}

type Draw = (modules: readonly ModuleRows[], options: ChartOptions) => Figure;

/** What is drawn of every module. */
const MODULE_CHARTS: readonly Draw[] = [
  stateOfCharge,
  moduleVoltage,
  moduleCurrent,
  temperatures,
  boardTemperatures,
  cellSpread,
];

/** Charts are drawn of so many rows at a time, for memory's sake: 24 modules for 4 days. */
const MAX_ROWS = 2_000_000;

/** For how many modules of a day, or days of a module, memory is. */
function partSize({ options }: DayRecord): number {
  return Math.max(1, Math.floor((MAX_ROWS * options!.interval) / DAY));
}

/** The charts of a day, of so many modules at a time as memory is for. */
export function drawDay(
  output: string,
  record: DayRecord,
  positiveCurrent: "charge" | "discharge",
): string[] {
  const { modules } = record;
  const pages = new Map(modules.map(([phase, module]) => [
    folderOf(phase, module),
    moduleLink(phase, module)[0],
  ]));
  const options: ChartOptions = {
    source: fillRule(record.options!),
    span: [record.day * 1000, (record.day + DAY) * 1000],
    positiveCurrent,
    link: (folder) => pages.get(folder)!,
  };
  const size = partSize(record);
  const parts = [chart(coverage([record]))];
  for (let i = 0; i < modules.length; i += size) {
    const some = modules.slice(i, i + size);
    if (modules.length > size) {
      parts.push(paragraph(`Modules ${i + 1} to ${i + some.length} of ${modules.length}:`));
    }
    const rows = readHours(output, [record], some, isCharted);
    for (const draw of [...MODULE_CHARTS, phaseCurrent]) {
      parts.push(chart(draw(rows, options)));
    }
  }
  const ofRecord = [systemState(batteryDays([record]), options), samplingGaps([record])];
  return [...parts, ...ofRecord.map(chart)];
}

/**
 * The charts of a module over its days, as many of the newest as memory is for.
 *
 * @param days Those that it has hour files of, in order.
 */
export function drawModule(
  output: string,
  place: readonly [phase: string, module: string],
  days: readonly DayRecord[],
  positiveCurrent: "charge" | "discharge",
): { drawn: string[]; shown: number } {
  const newest = days.at(-1)!;
  const shown = days.slice(-partSize(newest));
  const [rows] = readHours(output, shown, [place], isCharted) as [ModuleRows];
  const options: ChartOptions = {
    source: fillRule(newest.options!),
    span: [shown[0]!.day * 1000, (newest.day + DAY) * 1000],
    positiveCurrent,
  };
  const [phase, module] = place;
  const drawn = [
    coverage(days.map((day) => ofModule(day, folderOf(phase, module)))),
    ...MODULE_CHARTS.map((draw) => draw([rows], options)),
    cellStrip(rows, options),
    systemState(batteryDays(shown).map((day) => ofPlace(day, phase, module)), options),
  ];
  return { drawn: drawn.map(chart), shown: shown.length };
}

/** A day as if one module alone had reported. */
function ofModule(day: DayRecord, folder: string): DayRecord {
  const at = day.modules.findIndex((place) => folderOf(...place) === folder);
  return { ...day, modules: [day.modules[at]!], coverage: [day.coverage[at]!] };
}

/** A day with the states of a module, of its phase and of the system. */
function ofPlace(day: BatteryDay, phase: string, module: string): BatteryDay {
  const places = day.figures.places.filter((place) =>
    (place.phase ?? phase) === phase && (place.module ?? module) === module
  );
  return { ...day, figures: { ...day.figures, places } };
}
