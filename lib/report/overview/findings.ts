/**
 * Lists of findings, and of the events of a day or a module.
 *
 * @module
 */
import type { ReportedEvent } from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { escapeText } from "../charts/figure.ts";
import { instant, plural } from "../charts/words.ts";
import { anchor, folded, paragraph } from "../html.ts";
import { dayLink, moduleLink } from "../site.ts";
import { attentionOf, type Finding } from "./attention.ts";
import { eventTable } from "./tables.ts";

const MAX_FINDINGS = 12;

/** Lists findings, each with a link to its module or day; beyond a dozen they are only counted. */
export function findingList(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [paragraph("Nothing in the data needs attention.")];
  const items = findings.slice(0, MAX_FINDINGS).map(({ level, kind, text, folder, from, to }) => {
    const day = Math.floor(from / DAY) * DAY;
    const link = folder === null ? dayLink(day) : moduleLink(folder);
    return `<li class="level${level}"><b>${kind}</b> ${anchor(link)} ` +
      `${escapeText(text)} <span class="when">${instant(from * 1000)} to ${
        instant(to * 1000)
      }</span></li>`;
  });
  const more = findings.length - MAX_FINDINGS;
  return [
    `<ol class="attention">${items.join("")}</ol>`,
    ...(more > 0 ? [paragraph(`${more} less important ones are among the events.`)] : []),
  ];
}

/** The events of a day or a module: a summary, and a folded table. */
export function eventList(events: readonly ReportedEvent[]): string[] {
  if (events.length === 0) return [paragraph("There are none.")];
  const findings = attentionOf({ days: [], events, cells: [] });
  return [
    ...findingList(findings),
    folded(`${plural(events.length, "event")} in a table`, eventTable(events)),
  ];
}
