/**
 * The charts of a report's pages, drawn one after the other in the memory that there is.
 *
 * @module
 */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import type pl from "nodejs-polars";
import {
  boardTemperatures,
  cellSpread,
  cellStrip,
  type ChartOptions,
  coverage,
  coverageRows,
  type Figure,
  foldersOf,
  gapRows,
  isCharted,
  moduleCurrent,
  moduleVoltage,
  phaseCurrent,
  readHours,
  samplingGaps,
  stateOfCharge,
  systemState,
  temperatures,
} from "./charts/mod.ts";
import { chart, paragraph } from "./html.ts";
import type { TableOptions } from "../hours/mod.ts";
import type { DayRecord } from "../store/mod.ts";
import { DAY, dayName, folderOf } from "../telemetry/mod.ts";
import { hrefOf } from "./site.ts";

/** How rows were made, in words. */
function fillRule({ interval, aggregate, fill, maxGap }: TableOptions): string {
  const rule = {
    hold: `a value is held for ${maxGap} s at most`,
    linear: `rows ${maxGap} s apart at most are joined by a line`,
    none: "nothing is filled in",
  }[fill];
  return `Rows of ${interval} s (${aggregate}); ${rule}`;
}

type Draw = (frame: pl.DataFrame, options: ChartOptions) => Figure;

/** Draws charts of the same frame, one after the other: each leaves memory to be freed. */
async function drawAll(
  frame: pl.DataFrame,
  options: ChartOptions,
  draws: readonly Draw[],
): Promise<string[]> {
  const drawn: string[] = [];
  for (const draw of draws) {
    drawn.push(chart(draw(frame, options)));
    await freeFrames();
  }
  return drawn;
}

/** Resident bytes from which a look for young handles pays, and from which one for all does. */
const MINOR_ABOVE = 400e6, MAJOR_ABOVE = 600e6;

/**
 * Lets Polars free what it holds: it does so when the handles of frames are collected, for which
 * JavaScript, to which they look small, sees no need. A look for young handles takes a millisecond,
 * one for all handles and for the columns of a long history thirty.
 */
export async function freeFrames(): Promise<void> {
  const resident = process.memoryUsage.rss();
  if (resident < MINOR_ABOVE) return;
  const type = resident < MAJOR_ABOVE ? "minor" : "major";
  (globalThis as { gc?: (options: { type: "minor" | "major" }) => void }).gc?.({ type });
  await setTimeout(0);
}

/** Charts are drawn of so many rows at a time, for memory's sake: 24 modules for 4 days. */
const MAX_ROWS = 2_000_000;

/** Rows that a module has on a day. */
function rowsPerDay({ options }: DayRecord): number {
  return DAY / options!.interval;
}

/** The charts of a day, of so many modules at a time as memory is for. */
export async function drawDay(
  output: string,
  record: DayRecord,
  positiveCurrent: "charge" | "discharge",
): Promise<string[]> {
  const pages = new Map(record.modules.map(([phase, module]) => [
    folderOf(phase, module),
    hrefOf({ kind: "module", phase, module }),
  ]));
  const options: ChartOptions = {
    source: fillRule(record.options!),
    span: [record.day * 1000, (record.day + DAY) * 1000],
    positiveCurrent,
    link: (folder) => pages.get(folder)!,
  };
  const folders = foldersOf(record);
  const size = Math.max(1, Math.floor(MAX_ROWS / rowsPerDay(record)));
  const parts = [chart(coverage(coverageRows([record])))];
  for (let i = 0; i < folders.length; i += size) {
    const some = folders.slice(i, i + size);
    if (folders.length > size) {
      parts.push(paragraph(`Modules ${i + 1} to ${i + some.length} of ${folders.length}:`));
    }
    const frame = readHours(output, some, isCharted);
    parts.push(...await drawAll(frame, options, [...MODULE_CHARTS, phaseCurrent, systemState]));
  }
  return [...parts, chart(samplingGaps(gapRows([record])))];
}

/** What is drawn of every module. */
const MODULE_CHARTS: readonly Draw[] = [
  stateOfCharge,
  moduleVoltage,
  moduleCurrent,
  temperatures,
  boardTemperatures,
  cellSpread,
];

/**
 * The charts of a module over its days, as many of the newest as memory is for.
 *
 * @param folder The module's folder.
 * @param days Those that it has hour files of, in order.
 */
export async function drawModule(
  output: string,
  folder: string,
  days: readonly DayRecord[],
  positiveCurrent: "charge" | "discharge",
): Promise<{ drawn: string[]; shown: number }> {
  const newest = days.at(-1)!;
  const shown = days.slice(-Math.max(1, Math.floor(MAX_ROWS / rowsPerDay(newest))));
  const folders = shown.map(({ day }) => `${folder}/${dayName(day).replaceAll("-", "/")}`);
  const frame = readHours(output, shown.length === days.length ? [folder] : folders, isCharted);
  const options: ChartOptions = {
    source: fillRule(newest.options!),
    span: [shown[0]!.day * 1000, (newest.day + DAY) * 1000],
    positiveCurrent,
  };
  const rows = coverageRows(days).filter(({ name }) => name === folder);
  const charts = await drawAll(frame, options, [...MODULE_CHARTS, cellStrip, systemState]);
  return { drawn: [chart(coverage(rows)), ...charts], shown: shown.length };
}
