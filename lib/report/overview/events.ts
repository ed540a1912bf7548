/**
 * Lists of findings and tables of events.
 *
 * @module
 */
import type { ReportedEvent } from "../../battery/mod.ts";
import { escapeText } from "../escape.ts";
import { anchor, type Cell, folded, type Link, paragraph, table } from "../html.ts";
import { moduleLink } from "../site.ts";
import { duration, instant, placeName, plural, tidyNumbers } from "../words.ts";
import { attentionOf, type Finding } from "./attention.ts";

const MAX_FINDINGS = 12;

/**
 * Lists findings; beyond a dozen they are only counted.
 *
 * @param linkTo The page that a finding links to, if any.
 */
export function findingList(
  findings: readonly Finding[],
  linkTo: (finding: Finding) => Link | null,
): string[] {
  if (findings.length === 0) return [paragraph("Nothing in the data needs attention.")];
  const items = findings.slice(0, MAX_FINDINGS).map((finding) => {
    const { level, kind, text, from, to, at } = finding;
    const link = linkTo(finding);
    const when = at === undefined
      ? `${instant(from * 1000)} to ${instant(to * 1000)}`
      : `at ${instant(at * 1000)}`;
    return `<li class="level${level}"><b>${kind}</b> ${link === null ? "" : anchor(link)} ` +
      `${escapeText(text)} <span class="when">${when}</span></li>`;
  });
  const more = findings.length - MAX_FINDINGS;
  return [
    `<ol class="attention">${items.join("")}</ol>`,
    ...(more > 0 ? [paragraph(`${more} less serious findings are not listed.`)] : []),
  ];
}

/** The events of a day or a module: a summary, and a folded table. */
export function eventList(
  events: readonly ReportedEvent[],
  linkTo: (finding: Finding) => Link | null,
): string[] {
  if (events.length === 0) return [];
  return [
    ...findingList(attentionOf([], events), linkTo),
    folded(`${plural(events.length, "event")} in a table`, eventTable(events)),
  ];
}

const MAX_EVENTS = 40;

/** The events, newest first. */
export function eventTable(events: readonly ReportedEvent[]): string {
  const all = events.toSorted((a, b) => b.from - a.from || b.to - a.to);
  const rows = all.slice(0, MAX_EVENTS).map((event): Cell[] => [
    ...timesOf(event),
    event.module === null ? placeName(event) : moduleLink(placeName(event)),
    event.kind,
    tidyNumbers(event.detail) +
    (event.kind === "limit" && event.days > 1 ? ` (${event.days} days in a row)` : ""),
  ]);
  const inFile = all.some(({ kind }) => kind === "limit")
    ? "all but those beyond limits are"
    : "all are";
  const more = all.length > MAX_EVENTS
    ? `The newest ${MAX_EVENTS} of ${all.length} events; ${inFile} in _etl/events.csv`
    : plural(all.length, "event");
  return table(more, ["from (UTC)", "to (UTC)", "for", "where", "kind", "what"], rows);
}

/** From when, to when and for how long; of a violation it is only known when it was worst. */
function timesOf(event: ReportedEvent): Cell[] {
  return event.kind === "limit" ? [instant(event.at * 1000), null, { number: null }] : [
    instant(event.from * 1000),
    instant(event.to * 1000),
    { number: duration(event.to - event.from) },
  ];
}
