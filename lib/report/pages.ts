/**
 * The pages of the report: markup of what records say, and charts of hour files.
 *
 * @module
 */
import { coverage, rowsByDay, samplingGaps } from "./charts/mod.ts";
import { plural } from "./charts/words.ts";
import { drawDay, drawModule } from "./draw.ts";
import {
  anchor,
  chart,
  charts,
  folded,
  type Page,
  paragraph,
  renderPage as renderHtml,
  section,
  table,
} from "./html.ts";
import { eventList, filledByDay, filledTable, overview } from "./overview/mod.ts";
import { rejectedTables, runTable } from "./run_section.ts";
import { dayLink, daysOf, moduleLink, modulesOf, type PagePlan } from "./site.ts";
import { batteryDays } from "../battery/mod.ts";
import type { DayRecord, Records } from "../store/mod.ts";
import { dayName, folderOf } from "../telemetry/mod.ts";

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

/** The first page, drawn from records alone. */
function indexPage(
  output: string,
  records: Records,
  { summary, limits }: PagePlan & { kind: "index" },
): Page {
  const days = daysOf(records);
  const newest = days.at(-1);
  const all = [...records.days.values()].sort((a, b) => a.day - b.day);
  return {
    title: "Telemetry report",
    lead: summary.span === null
      ? "There are no hour files yet."
      : `${plural(summary.modules, "module")}, ${summary.span[0]} to ${summary.span[1]} (UTC)`,
    links: [["#newest", "Newest day"], ["#run", "The run"], ["#more", "Days and modules"]],
    parts: [
      ...overview(batteryDays(days), limits),
      `<div id="newest">${
        newest === undefined ? section("Newest day", paragraph("No day has hour files.")) : folded(
          `Newest day: ${dayName(newest.day)}`,
          charts([
            chart(coverage([newest])),
            chart(samplingGaps([newest])),
          ]),
          `<p>${anchor([dayLink(newest.day)[0], "All charts of this day"])}</p>`,
        )
      }</div>`,
      `<div id="run">${
        folded(
          "The rows of the run",
          runTable(summary),
          ...rejectedTables(output, records, summary),
          charts([chart(coverage(days)), chart(rowsByDay(all))]),
        )
      }</div>`,
    ],
    more: [
      { label: "Days", links: days.map(({ day }) => dayLink(day)) },
      { label: "Modules", links: modulesOf(records).map((place) => moduleLink(...place)) },
    ],
    isFolded: true,
  };
}

function dayPage(
  output: string,
  records: Records,
  { day, positive, events }: PagePlan & { kind: "day" },
): Page {
  const days = daysOf(records);
  const at = days.findIndex((record) => record.day === day);
  const record = days[at]!;
  const neighbour = (found: DayRecord | undefined, text: string) =>
    found === undefined ? [] : [[dayLink(found.day)[0], text] as const];
  const { rows, readings, files, modules: { length }, rejected } = record;
  const lost = Object.values(rejected).reduce((sum, count) => sum + count, 0);
  return {
    title: dayName(day),
    lead: `${plural(length, "module")}, ${plural(files.length, "hour file")}`,
    links: [
      ["index.html", "All days"],
      ...neighbour(days[at - 1], "Day before"),
      ...neighbour(days[at + 1], "Day after"),
    ],
    parts: [
      section(
        "Rows",
        table("What became of the rows read", ["what", "rows"], [
          ["Rows read", rows],
          ["Distinct readings", readings],
          ["Duplicates", rows - readings - lost],
          ["Rejected", lost],
          ...Object.entries(rejected).map(([reason, count]) => [`– ${reason}`, count] as const),
        ]),
      ),
      section("Events of the day", ...eventList(events)),
      section("Charts", charts(drawDay(output, record, positive))),
      section("Filled rows by signal", filledTable(batteryDays([record])[0]!)),
    ],
    more: [{ label: "Modules", links: record.modules.map((place) => moduleLink(...place)) }],
  };
}

function modulePage(
  output: string,
  records: Records,
  { phase, module, positive, events }: PagePlan & { kind: "module" },
): Page {
  const folder = folderOf(phase, module);
  const days = daysOf(records).filter(({ modules }) =>
    modules.some((place) => folderOf(...place) === folder)
  );
  const files = days.flatMap(({ files }) => files.filter((name) => name.startsWith(`${folder}/`)));
  const figures = batteryDays(days);
  const { drawn, shown } = drawModule(output, [phase, module], days, positive);
  return {
    title: `Module ${folder}`,
    lead: `Phase ${phase}, module ${module}: ${plural(days.length, "day")}, ` +
      `${plural(files.length, "hour file")}` +
      (shown < days.length ? `; the newest ${shown} days are drawn` : ""),
    links: [["index.html", "All days"]],
    parts: [
      section("Events of the module", ...eventList(events)),
      section("Charts", charts(drawn)),
      section("Filled rows by signal and day", ...filledByDay(figures, folder)),
    ],
    more: [
      { label: "Days", links: days.map(({ day }) => dayLink(day)) },
      { label: "Other modules", links: modulesOf(records).map((place) => moduleLink(...place)) },
    ],
  };
}
