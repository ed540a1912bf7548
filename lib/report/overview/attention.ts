/**
 * What needs attention, worst first.
 *
 * @module
 */
import {
  type BatteryDay,
  daysByModule,
  eventsOf,
  LIMIT_UNITS,
  type Limits,
  type ReportedEvent,
  type Violation,
  violationsOf,
} from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { escapeText } from "../charts/figure.ts";
import { isFault } from "../charts/state.ts";
import {
  duration,
  format,
  instant,
  listOf,
  percent,
  placeName,
  plural,
  signed,
} from "../charts/words.ts";
import { anchor, folded, paragraph } from "../html.ts";
import { dayLink, moduleLink } from "../site.ts";
import { cellHistories, type CellHistory } from "./cell_history.ts";
import { cellsFilled, columnKind } from "./signals.ts";
import { dayAxis, missingDays } from "./strip.ts";
import { eventTable, tidyNumbers } from "./tables.ts";

/** Something to look at. */
export interface Finding {
  /** How bad it is: 3 for a danger, 2 for a fault, 1 for a gap in the data. */
  level: 1 | 2 | 3;
  /** Its kind, in one word. */
  kind: string;
  /** What happened. */
  text: string;
  /** The module's folder; null if it concerns several. */
  folder: string | null;
  /** When it began, in seconds since the epoch. */
  from: number;
  /** When it ended. */
  to: number;
}

/** What findings are made from. */
export interface Causes {
  /** The days, for gaps and rarely reported cells. */
  days: readonly BatteryDay[];
  /** The events, violations of limits among them. */
  events: readonly ReportedEvent[];
  /** The cells, for the deviations in events. */
  cells: readonly CellHistory[];
}

/** Lists what needs attention in some days, worst first. */
export function attention(days: readonly BatteryDay[], limits: Limits | null): Finding[] {
  const events = [...eventsOf(days), ...violationsOf(days, limits)];
  return attentionOf({ days, events, cells: cellHistories(days) });
}

/** The same, given events and cells that have been found already. */
export function attentionOf(causes: Causes): Finding[] {
  const { days, events } = causes;
  const found = KINDS.flatMap(({ kind, groups, say }) => {
    const own = events.filter((event) => event.kind === kind && !isMissing(event, days));
    return groups(own).map((group): Finding => ({
      kind,
      folder: folderOfAll(group),
      from: Math.min(...group.map(({ from }) => from)),
      to: Math.max(...group.map(({ to }) => to)),
      ...say(group, causes),
    }));
  });
  return [...found, ...sparseCells(days), ...missing(days)]
    .sort((a, b) => b.level - a.level || (b.to - b.from) - (a.to - a.from));
}

/** Events that make one finding. */
type Group = [ReportedEvent, ...ReportedEvent[]];

/** How events of a kind become findings. */
interface Kind {
  kind: ReportedEvent["kind"];
  /** Groups those that belong together. */
  groups: (events: readonly ReportedEvent[]) => Group[];
  /** Describes a group. Its module and span are those of all its events, unless it says otherwise. */
  say: (group: Group, causes: Causes) => Pick<Finding, "level" | "text"> & Partial<Finding>;
}

const KINDS: readonly Kind[] = [
  {
    kind: "limit",
    groups: by((event) => event.kind === "limit" ? `${event.side} ${event.quantity}` : ""),
    say: (group) => sayLimit(group.filter((event) => event.kind === "limit")),
  },
  {
    kind: "state",
    groups: by((event) => JSON.stringify([whereOf(event), event.detail])),
    say: (group) => ({
      level: isFault(group[0].detail) ? 3 : 1,
      text: `${whereOf(group[0])} in state ${group[0].detail}${timesOf(group)}`,
    }),
  },
  {
    kind: "cell",
    groups: by((event) => JSON.stringify([whereOf(event), event.column])),
    say: (group, { cells }) => ({ level: 3, text: cellText(group, cells) }),
  },
  { kind: "frozen", groups: by(({ column }) => columnKind(column ?? "")), say: sayFrozen },
  {
    kind: "derating",
    groups: by((event) => JSON.stringify([whereOf(event), event.column])),
    say: (group) => ({
      level: 2,
      text: `${group[0].column} of ${whereOf(group[0])} at 0 A${timesOf(group)}`,
    }),
  },
  { kind: "silent", groups: atTheSameTime, say: saySilent },
];

/** Groups events by a key. */
function by(key: (event: ReportedEvent) => string): Kind["groups"] {
  return (events) => [...Map.groupBy(events, key).values()] as Group[];
}

/** Groups events that largely overlap. */
function atTheSameTime(events: readonly ReportedEvent[]): Group[] {
  const groups: Group[] = [];
  for (const event of events) {
    const group = groups.find(([first]) => {
      const common = Math.min(first.to, event.to) - Math.max(first.from, event.from);
      return common > 0.8 * Math.max(secondsOf(first), secondsOf(event));
    });
    if (group === undefined) groups.push([event]);
    else group.push(event);
  }
  return groups;
}

const secondsOf = ({ from, to }: ReportedEvent) => to - from;

function longestOf(group: Group): ReportedEvent {
  return group.reduce((a, b) => secondsOf(b) > secondsOf(a) ? b : a);
}

/** How often, if more than once, and for how long in total. */
function timesOf(group: Group): string {
  const often = group.length > 1 ? ` ${group.length} times,` : "";
  return `${often} for ${duration(group.reduce((sum, event) => sum + secondsOf(event), 0))}`;
}

const whereOf = (event: ReportedEvent) => event.phase === null ? "the system" : placeName(event);

/** The folder of a group's module; null if its events are not all of the same one. */
function folderOfAll([first, ...others]: Group): string | null {
  const name = placeName(first);
  return first.module !== null && others.every((event) => placeName(event) === name) ? name : null;
}

/** The worst value beyond a limit, and how many other modules are beyond it. */
function sayLimit(group: readonly Violation[]): ReturnType<Kind["say"]> {
  const worst = group.reduce((a, b) =>
    (a.side === "low" ? b.value < a.value : b.value > a.value) ? b : a
  );
  const { quantity, side, value, column } = worst;
  const others = new Set(group.map(whereOf)).size - 1;
  return {
    level: 3,
    text: `${quantity.replace("_", " ")} ${side === "low" ? "down to" : "up to"} ` +
      `${format(value)} ${LIMIT_UNITS[quantity]} (${column})` +
      (others > 0 ? `, and beyond the limit in ${plural(others, "other module")}` : ""),
    folder: placeName(worst),
  };
}

/** A cell's largest deviation, and on how many days it deviated. */
function cellText(group: Group, cells: readonly CellHistory[]): string {
  const [{ column }] = group;
  const folder = placeName(group[0]);
  const history = cells.find((cell) => cell.folder === folder && cell.column === column);
  if (history === undefined) {
    const worst = group.reduce((a, b) => deviationIn(b) > deviationIn(a) ? b : a);
    return tidyNumbers(worst.detail);
  }
  const own = history.days.filter(({ day }) =>
    group.some(({ from, to }) => day >= from && day < to)
  );
  const worst = own.reduce((a, { median }) => Math.abs(median) > Math.abs(a) ? median : a, 0);
  return `${column}: up to ${signed(worst, 0)} mV from the median at rest, ` +
    `on ${plural(own.length, "day")}`;
}

/** The size of the deviation that an event of a cell names, in mV. */
function deviationIn({ detail }: ReportedEvent): number {
  return Math.abs(Number(/ up to (\S+) mV/.exec(detail)?.[1] ?? 0));
}

/** The longest time that a signal of a kind was frozen, and how often in which places. */
function sayFrozen(group: Group): ReturnType<Kind["say"]> {
  const [first] = group;
  const longest = longestOf(group);
  const places = new Set(group.map(whereOf)).size;
  const where = places === 1
    ? `of ${whereOf(first)}`
    : `in ${places} ${first.module === null ? "places" : "modules"}`;
  const what = group.length === 1 ? first.column : columnKind(first.column ?? "");
  const often = group.length === 1 ? "" : ` ${group.length} times, at the longest`;
  return {
    level: 2,
    text: `${what} ${where} kept one value${often} for ${duration(secondsOf(longest))}`,
    from: longest.from,
    to: longest.to,
  };
}

/** Which modules were silent at the same time, and for how long at most. */
function saySilent(group: Group): ReturnType<Kind["say"]> {
  const { from, to } = longestOf(group);
  const text = group.length === 1
    ? `no reading for ${duration(to - from)}`
    : `no reading of ${listOf(group.map(whereOf), 6)} for up to ${duration(to - from)}`;
  return { level: 1, text, from, to };
}

/** Whether days without data explain a silence: they are a finding of their own. */
function isMissing({ kind, from, to }: ReportedEvent, days: readonly BatteryDay[]): boolean {
  if (kind !== "silent" || days.length === 0) return false;
  const known = days.reduce(
    (sum, { day }) => sum + Math.max(0, Math.min(to, day + DAY) - Math.max(from, day)),
    0,
  );
  return known < 3600;
}

/** Modules with all cells known in less than half of the rows, worst first. */
function sparseCells(days: readonly BatteryDay[]): Finding[] {
  const sparse = [...daysByModule(days)].flatMap(([folder, list]) => {
    const share = cellsFilled(list.map(({ figures }) => figures));
    return share === null || share >= 0.5 ? [] : [{ folder, list, share }];
  }).sort((a, b) => a.share - b.share);
  const [worst] = sparse;
  if (worst === undefined) return [];
  const starts = sparse.flatMap(({ list }) => list.map(({ day }) => day));
  const names = sparse.map(({ folder, share }) => `${folder} (${percent(share)})`);
  return [{
    level: 1,
    kind: "sparse",
    text: sparse.length === 1
      ? `all cells are known in ${percent(worst.share)} of the rows`
      : `all cells are known in less than half of the rows of ${sparse.length} modules: ` +
        listOf(names, 6),
    folder: sparse.length === 1 ? worst.folder : null,
    from: Math.min(...starts),
    to: Math.max(...starts) + DAY,
  }];
}

/** Days without data, as one finding. */
function missing(days: readonly BatteryDay[]): Finding[] {
  const axis = dayAxis(days);
  const found = missingDays(axis);
  if (found.length === 0) return [];
  return [{
    level: 1,
    kind: "missing",
    text: `${plural(found.length, "day")} between the first and the last without data`,
    folder: null,
    from: axis.from + found[0]! * DAY,
    to: axis.from + (found.at(-1)! + 1) * DAY,
  }];
}

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
  if (events.length === 0) return [];
  const findings = attentionOf({ days: [], events, cells: [] });
  return [
    ...findingList(findings),
    folded(`${plural(events.length, "event")} in a table`, eventTable(events)),
  ];
}
