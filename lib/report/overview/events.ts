/**
 * Lists of findings and tables of events.
 *
 * @module
 */
import type { ReportedEvent, Violation } from "../../battery/mod.ts";
import { escapeProse, keepTogether } from "../escape.ts";
import { anchor, type Cell, folded, paragraph, table } from "../html.ts";
import {
  beginningDay,
  dayLink,
  moduleLink,
  type PageContext,
  pageFile,
  type PageName,
} from "../page_plan.ts";
import { duration, folderAt, instant, placeName, plural, shorten, tidyNumbers } from "../words.ts";
import { findingsOfEvents, levelOf } from "./attention.ts";
import type { Finding } from "./findings.ts";

const MAX_FINDINGS = 12;

/**
 * Lists findings, with links to their module and to the day on which they began; beyond a dozen they
 * are only counted.
 *
 * @param days All days that have a page.
 * @param here The page of the list, which does not link to itself.
 */
export function findingList(
  findings: readonly Finding[],
  days: readonly { day: number }[],
  here: PageName,
): string[] {
  if (findings.length === 0) return [paragraph("Nothing in the rows needs attention.")];
  const isHere = (page: PageName) => pageFile(page) === pageFile(here);
  const items = findings.slice(0, MAX_FINDINGS).map(({ level, kind, text, folder, ...span }) => {
    const { from, to, at = from } = span;
    const isElsewhere = folder !== null && !isHere({ kind: "module", folder });
    const module = isElsewhere ? anchor(moduleLink(folder)) : "";
    const [day, time] = [beginningDay(days, at), instant(at * 1000)];
    const isToday = isHere({ kind: "day", day });
    const start = isToday ? keepTogether(time) : anchor([dayLink(day)[0], time]);
    const end = keepTogether(instant(to * 1000));
    const when = span.at === undefined ? `${start} to ${end}` : `worst at ${start}`;
    return `<li class="level${level}"><b>${kind}</b> ${module} ${escapeProse(text)} ` +
      `<span class="when">${when}</span></li>`;
  });
  const more = findings.length - MAX_FINDINGS;
  return [
    `<ol class="attention">${items.join("")}</ol>`,
    ...(more > 0 ? [paragraph(`Not listed: ${plural(more, "further finding")}.`)] : []),
  ];
}

/** The events of a day or a module: a summary like {@linkcode findingList}, and a folded table. */
export function eventList(
  { events, positiveCurrent }: Pick<PageContext, "events" | "positiveCurrent">,
  days: readonly { day: number }[],
  here: PageName,
): string[] {
  if (events.length === 0) return [];
  return [
    ...findingList(findingsOfEvents(events), days, here),
    ...currentNote(events, positiveCurrent),
    folded("The events in a table", eventTable(events)),
  ];
}

/** What positive current means, if an event is a current beyond its limit. */
export function currentNote(events: readonly ReportedEvent[], positiveCurrent: string): string[] {
  const isSigned = events.some((event) => event.kind === "limit" && event.quantity === "current");
  return isSigned ? [paragraph(`Positive current is ${positiveCurrent}.`)] : [];
}

const MAX_EVENTS = 40;

/** The events, most serious first, and then newest first. */
export function eventTable(events: readonly ReportedEvent[]): string {
  const all = events.toSorted((a, b) => levelOf(b) - levelOf(a) || b.from - a.from || b.to - a.to);
  const rows = all.slice(0, MAX_EVENTS).map((event): Cell[] => [
    ...timeCells(event),
    whereOf(event),
    event.kind,
    event.kind === "limit"
      ? event.detail + worstOf(event)
      : tidyNumbers(shorten(event.detail, 200)),
  ]);
  const inFile = all.some(({ kind }) => kind === "limit")
    ? "all but those beyond limits are"
    : "all are";
  const more = all.length > MAX_EVENTS
    ? `${MAX_EVENTS} of ${all.length} events, most serious first, then newest first; ` +
      `${inFile} in _etl/events.csv.`
    : `${plural(all.length, "event")}.`;
  return table(more, ["from (UTC)", "to (UTC)", "for", "where", "kind", "what"], rows);
}

/** Where it happened, with a link if that is a module. */
function whereOf(event: ReportedEvent): Cell {
  const folder = folderAt(event);
  return folder === null ? placeName(event) : moduleLink(folder);
}

/** From when, to when and for how long; of one day beyond a limit only the worst row is on record. */
function timeCells(event: ReportedEvent): Cell[] {
  const [from, to] = [instant(event.from * 1000), instant(event.to * 1000)];
  if (event.kind !== "limit") return [from, to, { number: duration(event.to - event.from) }];
  return [from, event.days.length > 1 ? to : null, { number: null }];
}

/** When a limit was exceeded most, if on several days. */
function worstOf({ days, at }: Violation): string {
  if (days.length === 1) return "";
  return `, on ${days.length} days in a row, worst at ${instant(at * 1000)}`;
}
