/**
 * The pages of days and modules: tables from records, and charts of hour files.
 *
 * @module
 */
import { type BatteryDay, batteryDays, type ReportedEvent, runsWhere } from "../battery/mod.ts";
import type { TableOptions } from "../hours/mod.ts";
import { type DayRecord, type Records, rowCounts } from "../store/mod.ts";
import { DAY, dayName, folderOf, moduleName, type Place, totalOf } from "../telemetry/mod.ts";
import * as draw from "./charts/mod.ts";
import { charts, folded, type Page, paragraph, renderHtml, section, table } from "./html.ts";
import { eventList, filledByDay, filledTable, indexPage, levelOf } from "./overview/mod.ts";
import {
  dayLink,
  daysOf,
  moduleLink,
  modulesOf,
  type PageContext,
  type PagePlan,
} from "./page_plan.ts";
import { greatestIn, leastIn } from "./aggregates.ts";
import { plural } from "./words.ts";

/**
 * Renders a page of the report.
 *
 * @param output The output folder, whose hour files are read.
 * @param digest See `digestOf`.
 * @throws {Error} If an hour file can't be read.
 */
export function renderPage(
  output: string,
  records: Records,
  page: PagePlan,
  digest: string,
): string {
  const content = page.kind === "index"
    ? indexPage(output, records, page)
    : page.kind === "day"
    ? dayPage(output, records, page)
    : modulePage(output, records, page);
  return renderHtml(content, digest);
}

function dayPage(
  output: string,
  records: Records,
  { day, ...context }: PagePlan & { kind: "day" },
): Page {
  const days = daysOf(records);
  const at = days.findIndex((record) => record.day === day);
  const record = days[at]!;
  const neighbour = (found: DayRecord | undefined, text: string) =>
    found === undefined ? [] : [[dayLink(found.day)[0], text] as const];
  const { files, modules } = record;
  const { rows, readings, duplicates, rejected } = rowCounts([record]);
  return {
    title: dayName(day),
    lead: `${plural(modules.length, "module")}, ${plural(files.length, "hour file")}`,
    links: [
      ["index.html", "All days"],
      ...neighbour(days[at - 1], "Day before"),
      ...neighbour(days[at + 1], "Day after"),
    ],
    parts: [
      section(
        "Rows",
        table("What became of the rows read.", ["what", "rows"], [
          ["Rows read", rows],
          ["Distinct readings", readings],
          ["Duplicates", duplicates],
          ["Rejected", totalOf(rejected)],
          ...Object.entries(rejected).map(([reason, count]) => [`– ${reason}`, count] as const),
        ]),
      ),
      section(
        "Events of the day",
        ...eventList(context, days, { kind: "day", day }),
      ),
      section("Charts", charts(...dayCharts(output, record, context))),
      section("Rows with a value by signal", filledTable(batteryDays([record])[0]!)),
    ],
    more: [{ label: "Modules", links: modules.map((place) => moduleLink(folderOf(...place))) }],
  };
}

function modulePage(
  output: string,
  records: Records,
  { folder, ...context }: PagePlan & { kind: "module" },
): Page {
  const isOwn = (place: readonly [string, string]) => folderOf(...place) === folder;
  const all = daysOf(records);
  const days = all.filter(({ modules }) => modules.some(isOwn));
  const place = days[0]!.modules.find(isOwn)!;
  const shown = newestDays(days);
  const stretches = chartedTogether(shown).toReversed();
  const files = days.flatMap(({ files }) => files.filter((name) => name.startsWith(`${folder}/`)));
  return {
    title: `Module ${moduleName(folder)}`,
    lead: `Phase ${place[0]}, module ${place[1]}: ${plural(days.length, "day")}, ` +
      `${plural(files.length, "hour file")}` +
      (shown.length < days.length ? `; the newest ${shown.length} days are drawn` : ""),
    links: [["index.html", "All days"]],
    parts: [
      section(
        "Events of the module",
        ...eventList(context, all, { kind: "module", folder }),
      ),
      section(
        "Charts",
        charts(draw.coverage(days.map((day) => ofModule(day, folder)))),
        ...(stretches.length === 1 ? [] : [
          paragraph(
            `These charts show ${
              daysText(stretches[0]!)
            }; older days, more than a week apart, follow.`,
          ),
        ]),
        ...stretches.map((stretch, i) => {
          const drawn = charts(...moduleCharts(output, stretch, place, context));
          const kinds = eventKinds(stretch, context.events);
          return i === 0 ? drawn : folded([daysText(stretch), ...kinds].join(", "), drawn);
        }),
      ),
      section(
        "Rows with a value by signal and day",
        ...filledByDay(batteryDays(days).map((day) => ofPlace(day, ...place))),
      ),
    ],
    more: [
      { label: "Days", links: days.map(({ day }) => dayLink(day)) },
      {
        label: "Other modules",
        links: modulesOf(records).filter((other) => other !== folder).map(moduleLink),
      },
    ],
  };
}

/** Longer stretches without data are not drawn, in seconds. */
const MAX_BLANK = 7 * DAY;

/** Days in stretches with charts of their own, so that no chart is mostly blank. */
function chartedTogether(days: readonly DayRecord[]): DayRecord[][] {
  return runsWhere(days, (a, b) => b.day - a.day - DAY <= MAX_BLANK);
}

/** From which day to which. */
function daysText(days: readonly DayRecord[]): string {
  const [first, last] = [dayName(days[0]!.day), dayName(days.at(-1)!.day)];
  return first === last ? first : `${first} to ${last}`;
}

/** The kinds of dangers and faults on some days. */
function eventKinds(days: readonly DayRecord[], events: readonly ReportedEvent[]): string[] {
  const [from, end] = [days[0]!.day, days.at(-1)!.day + DAY];
  const found = events.filter((event) =>
    levelOf(event) >= 2 && event.from < end && event.to > from
  );
  return [...new Set(found.map(({ kind }) => kind))].sort();
}

/** A day as if one module alone had reported. */
function ofModule(day: DayRecord, folder: string): DayRecord {
  const at = day.modules.findIndex((place) => folderOf(...place) === folder);
  return { ...day, modules: [day.modules[at]!], coverage: [day.coverage[at]!] };
}

/** The charts that every module has. */
const MODULE_CHARTS: readonly draw.ModuleChart[] = [
  draw.stateOfCharge,
  draw.moduleVoltage,
  draw.moduleCurrent,
  draw.batteryTemperatures,
  draw.moduleTemperature,
  draw.boardTemperatures,
  draw.cellSpread,
];

/** At most this many rows are charted at a time, to limit memory: 24 modules for 4 days. */
const MAX_ROWS = 2_000_000;

/** How many rows a module has on a day. */
function rowsOn({ options: { interval } }: DayRecord): number {
  return DAY / interval;
}

/** How many modules of a day are charted at a time. */
function partSize(day: DayRecord): number {
  return Math.max(1, Math.floor(MAX_ROWS / rowsOn(day)));
}

/** The newest days of a module that can be charted at a time. */
function newestDays(days: readonly DayRecord[]): readonly DayRecord[] {
  let first = days.length - 1;
  let rows = rowsOn(days[first]!);
  while (first > 0 && rows + rowsOn(days[first - 1]!) <= MAX_ROWS) rows += rowsOn(days[--first]!);
  return days.slice(first);
}

/** A recording of less than this many seconds would be a sliver of a day. */
const SHORT = 6 * 3600;

/** The span of some days, or of the hours with readings if they are few. */
function chartedSpan(days: readonly DayRecord[]): draw.Span {
  const hours = days.flatMap(({ day, coverage }) =>
    coverage.flatMap(({ observed }) =>
      observed.flatMap((rows, hour) => rows > 0 ? [day + hour * 3600] : [])
    )
  );
  const [first, end] = [leastIn(hours), greatestIn(hours) + 3600];
  return end - first < SHORT
    ? { from: first * 1000, to: end * 1000 }
    : { from: days[0]!.day * 1000, to: (days.at(-1)!.day + DAY) * 1000 };
}

function optionsOf(days: readonly DayRecord[], context: PageContext): draw.ChartOptions {
  const rules = new Set(days.map(({ options }) => fillRule(options)));
  return {
    source: [...rules].join("; on other days: "),
    span: chartedSpan(days),
    ...context,
  };
}

/** How the rows were made, in words. */
function fillRule({ interval, aggregate, fill, maxGap }: TableOptions): string {
  const rule = {
    hold: `a value is held for at most ${maxGap} s`,
    linear: `rows at most ${maxGap} s apart are joined by a line`,
    none: "nothing is filled in",
  }[fill];
  return `rows of ${interval} s (${aggregate}); ${rule}`;
}

/** The charts of a day, in parts with a line above each if it has many modules. */
function dayCharts(
  output: string,
  record: DayRecord,
  context: PageContext,
): (draw.Figure | string)[] {
  const { modules } = record;
  const options = {
    ...optionsOf([record], context),
    link: (folder: string) => moduleLink(folder)[0],
  };
  const size = partSize(record);
  const parts: (draw.Figure | string)[] = [draw.coverage([record])];
  for (let i = 0; i < modules.length; i += size) {
    const some = modules.slice(i, i + size);
    if (modules.length > size) {
      parts.push(paragraph(`Modules ${i + 1} to ${i + some.length} of ${modules.length}:`));
    }
    const rows = draw.readHours(output, [record], some);
    parts.push(...[...MODULE_CHARTS, draw.phaseCurrent].map((chart) => chart(rows, options)));
    draw.freeRows(rows);
  }
  return [
    ...parts,
    draw.systemState(batteryDays([record]), options),
    draw.samplingGaps([record]),
  ];
}

/** The charts of a module over some of its days. */
function moduleCharts(
  output: string,
  days: readonly DayRecord[],
  place: readonly [phase: string, module: string],
  context: PageContext,
): draw.Figure[] {
  const rows = draw.readHours(output, days, [place]);
  const options = optionsOf(days, context);
  const figures = [
    ...MODULE_CHARTS.map((chart) => chart(rows, options)),
    draw.cellStrip(rows[0]!, options),
    draw.systemState(batteryDays(days).map((day) => ofPlace(day, ...place)), options),
  ];
  draw.freeRows(rows);
  return figures;
}

/** The figures of a day as if one module alone had reported. */
function ofPlace(day: BatteryDay, phase: string, module: string): BatteryDay {
  const isOwn = (place: Place) =>
    (place.phase ?? phase) === phase && (place.module ?? module) === module;
  const { modules, places } = day.figures;
  return { ...day, figures: { modules: modules.filter(isOwn), places: places.filter(isOwn) } };
}
