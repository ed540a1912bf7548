/**
 * The report: what a run found, as pages to look at. Everything on them comes from hour files and
 * records, and is drawn by the functions of `charts`.
 *
 * @module
 */
import { join } from "node:path";
import { coverage, coverageRows, outcomeRows, rowsByDay } from "./charts/mod.ts";
import { plural } from "./charts/words.ts";
import { drawDay, drawModule, freeFrames } from "./draw.ts";
import { type DayRecord, listFolder, type Records, STATE_FOLDER } from "../store/mod.ts";
import { chart, type Page, paragraph, renderPage as renderHtml, section, table } from "./html.ts";
import { dayName, folderOf, type Rejected } from "../telemetry/mod.ts";
import { daysOf, modulesOf, pageFile, type PageName, type RunFigures } from "./site.ts";

const link = (page: PageName, text: string) => [encodeURIComponent(pageFile(page)), text] as const;

/**
 * Renders a page of the report.
 *
 * @param output The output folder, whose hour files are read.
 * @param digest See `digestOf`.
 * @throws {Error} If an hour file can't be read.
 */
export async function renderPage(
  output: string,
  records: Records,
  page: PageName,
  digest: string,
): Promise<string> {
  const content = page.kind === "index"
    ? await indexPage(output, records, page.summary)
    : page.kind === "day"
    ? await dayPage(output, records, page.day)
    : await modulePage(output, records, page);
  await freeFrames("major");
  return renderHtml(content, digest);
}

async function indexPage(output: string, records: Records, summary: RunFigures): Promise<Page> {
  const days = daysOf(records);
  const newest = days.at(-1);
  const more = [
    { label: "Days", links: days.map(({ day }) => link({ kind: "day", day }, dayName(day))) },
    {
      label: "Modules",
      links: modulesOf(records).map(([phase, module]) =>
        link({ kind: "module", phase, module }, folderOf(phase, module))
      ),
    },
  ];
  return {
    title: "Telemetry report",
    lead: summary.span === null
      ? "There are no hour files yet."
      : `${plural(summary.modules, "module")}, ${summary.span[0]} to ${summary.span[1]} (UTC)`,
    links: [["#newest", "Newest day"], ["#rejected", "Rejected"], ["#coverage", "Coverage"]],
    parts: [
      section("The run", runTable(summary)),
      `<div id="rejected">${rejectedSection(output, records, summary)}</div>`,
      `<div id="coverage">${
        section(
          "All days",
          chart(coverage(coverageRows(days))),
          chart(rowsByDay(outcomeRows([...records.days.values()].sort((a, b) => a.day - b.day)))),
        )
      }</div>`,
      `<div id="newest">${
        newest === undefined
          ? section("Newest day", paragraph("No day has hour files."))
          : section(`Newest day: ${dayName(newest.day)}`, ...await drawDay(output, newest, 1))
      }</div>`,
    ],
    more,
  };
}

function runTable(summary: RunFigures): string {
  const refused = Object.values(summary.rejected).reduce((sum, count) => sum + count, 0);
  return table("What the run read and wrote", ["what", "number"], [
    ["Input files", summary.files],
    ["Rows read", summary.rows],
    ["Distinct readings", summary.readings],
    ["Duplicates", summary.duplicates],
    ["Rejected", refused],
    ["Modules", summary.modules],
    ["Hour files", summary.hourFiles],
    ["Days built in this run", summary.built.length],
    ["Days that were up to date", summary.current],
    ["Seconds, without this report", Math.round(summary.seconds * 100) / 100],
    ["Rows per second", summary.rowsPerSecond],
  ]);
}

/** As many rejected rows of a reason are shown, and as many files. */
const SHOWN = 5, SHOWN_FILES = 20;

function rejectedSection(output: string, { inputs }: Records, summary: RunFigures): string {
  const reasons = Object.entries(summary.rejected).sort();
  const files = [...inputs].map(([name, { rejected }]) => {
    const rows = Object.values(rejected).reduce((sum, count) => sum + count, 0);
    return [name, rows] as const;
  }).filter(([, rows]) => rows > 0);
  const parts = [
    reasons.length === 0
      ? paragraph("No row was rejected.")
      : table("Rejected rows by reason", ["reason", "rows"], reasons),
    ...(files.length === 0 ? [] : [
      table("Files with rows that are no reading", ["file", "rows"], files.slice(0, SHOWN_FILES)),
    ]),
    ...(summary.problems.length === 0 ? [paragraph("Every input file could be used.")] : [
      table(
        "What could not be used",
        ["file or day", "reason"],
        summary.problems.map(({ name, reason }) => [name, reason]),
      ),
    ]),
  ];
  const examples = rejectedRows(output);
  if (examples.length > 0) {
    const cells = ["file", "reason", "timestamp", "payload_type", "value", "tags"] as const;
    const rows = examples.map((row) => cells.map((cell) => row[cell] ?? ""));
    const all = `Some of each; all are in ${STATE_FOLDER}/rejected/ of the output folder`;
    parts.push(table(all, cells, rows));
  }
  return section("Rejected and unusable", ...parts);
}

/** Some rejected rows of each reason that stand at the beginning of the files of them. */
function rejectedRows(output: string): Rejected[] {
  const folder = join(output, STATE_FOLDER, "rejected");
  const rows = new Map<string, Rejected[]>();
  for (const name of listFolder(folder).map(({ name }) => name).sort()) {
    if (!name.endsWith(".jsonl")) continue;
    using file = Deno.openSync(join(folder, name));
    const bytes = new Uint8Array(1 << 16);
    const text = new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
    const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line);
    for (const row of whole.map((line): Rejected => JSON.parse(line))) {
      const some = rows.getOrInsertComputed(row.reason, () => []);
      if (some.length < SHOWN) some.push(row);
    }
  }
  return [...rows].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([, some]) => some);
}

async function dayPage(output: string, records: Records, day: number): Promise<Page> {
  const days = daysOf(records);
  const at = days.findIndex((record) => record.day === day);
  const record = days[at]!;
  const neighbour = (found: DayRecord | undefined, text: string) =>
    found === undefined ? [] : [link({ kind: "day", day: found.day }, text)];
  const modules = record.modules.map(([phase, module]) =>
    link({ kind: "module", phase, module }, folderOf(phase, module))
  );
  const { rows, readings, files, modules: { length }, rejected } = record;
  const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0);
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
          ["Duplicates", rows - readings - refused],
          ["Rejected", refused],
          ...Object.entries(rejected).map(([reason, count]) => [`– ${reason}`, count] as const),
        ]),
      ),
      section("Charts", ...await drawDay(output, record, Infinity)),
    ],
    more: [{ label: "Modules", links: modules }],
  };
}

async function modulePage(
  output: string,
  records: Records,
  { phase, module }: { phase: string; module: string },
): Promise<Page> {
  const folder = folderOf(phase, module);
  const days = daysOf(records).filter(({ modules }) =>
    modules.some((place) => folderOf(...place) === folder)
  );
  const files = days.flatMap(({ files }) => files.filter((name) => name.startsWith(`${folder}/`)));
  const { charts, shown } = await drawModule(output, folder, days);
  const all = modulesOf(records).map(([phase, module]) =>
    link({ kind: "module", phase, module }, folderOf(phase, module))
  );
  return {
    title: `Module ${folder}`,
    lead: `Phase ${phase}, module ${module}: ${plural(days.length, "day")}, ` +
      `${plural(files.length, "hour file")}` +
      (shown < days.length ? `; the newest ${shown} days are drawn` : ""),
    links: [["index.html", "All days"]],
    parts: [section("Charts", ...charts)],
    more: [
      { label: "Days", links: days.map(({ day }) => link({ kind: "day", day }, dayName(day))) },
      { label: "Other modules", links: all },
    ],
  };
}
