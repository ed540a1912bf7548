/**
 * What needs attention, worst first.
 *
 * @module
 */
import {
  type BatteryDay,
  type BatteryEvent,
  daysByModule,
  quantityOf,
  type ReportedEvent,
  SILENT_AFTER,
} from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { isFault } from "../states.ts";
import { duration, folderAt, listOf, placeName, plural, shorten, tidyNumbers } from "../words.ts";
import { columnPattern } from "./filled.ts";
import { type Finding, findingsOfDays } from "./findings.ts";
import { greatestIn, leastIn, mostOf, sumOf } from "../aggregates.ts";

/** What needs attention in some days and their events, worst first. */
export function attention(
  days: readonly BatteryDay[],
  events: readonly ReportedEvent[],
): Finding[] {
  const all = [...events, ...silentToTheEnd(days)];
  const found = findingsOfEvents(all.filter((event) => !isMissing(event, days)));
  return [...found, ...findingsOfDays(days)].sort(worstFirst);
}

/** Modules that report nothing for more than an hour before the last reading of any module. */
function silentToTheEnd(days: readonly BatteryDay[]): BatteryEvent[] {
  const ends = [...daysByModule(days).values()].flatMap((list) =>
    list.flatMap(({ figures: { phase, module, reported } }) =>
      reported === null ? [] : [{ phase, module, from: reported[1] }]
    ).slice(-1)
  );
  const to = greatestIn(ends.map(({ from }) => from));
  return ends.filter(({ from }) => to - from > SILENT_AFTER)
    .map((end) => ({ ...end, to, kind: "silent", detail: "", column: null, value: null }));
}

/** What some events say, worst first. */
export function findingsOfEvents(events: readonly ReportedEvent[]): Finding[] {
  return groupsOf(events).map(findingOf).sort(worstFirst);
}

function worstFirst(a: Finding, b: Finding): number {
  return b.level - a.level || (b.to - b.from) - (a.to - a.from);
}

/** Events that make one finding: of one kind, and alike. */
type Group = [ReportedEvent, ...ReportedEvent[]];

function groupsOf(events: readonly ReportedEvent[]): Group[] {
  const silent = events.filter(({ kind }) => kind === "silent");
  const alike = Map.groupBy(events.filter(({ kind }) => kind !== "silent"), (event) => {
    const { kind, column, detail } = event;
    if (kind === "limit") return [kind, event.side, event.quantity].join();
    if (kind === "frozen") return [kind, columnPattern(column ?? "")].join();
    // All modules in the same state are one finding.
    if (kind === "state" && event.module !== null) return JSON.stringify([kind, detail]);
    return JSON.stringify([
      kind,
      event.phase,
      event.module,
      column,
      kind === "state" ? detail : "",
    ]);
  });
  return [...alike.values(), ...atTheSameTime(silent)] as Group[];
}

/** Groups events that largely overlap. */
function atTheSameTime(events: readonly ReportedEvent[]): ReportedEvent[][] {
  const groups: Group[] = [];
  for (const event of events) {
    const group = groups.find(([first]) => {
      const common = Math.min(first.to, event.to) - Math.max(first.from, event.from);
      return common > 0.8 * Math.max(lengthOf(first), lengthOf(event));
    });
    if (group === undefined) groups.push([event]);
    else group.push(event);
  }
  return groups;
}

function findingOf(group: Group): Finding {
  const [{ kind }] = group;
  const folders = new Set(group.map(folderAt));
  return {
    kind,
    folder: folders.size === 1 ? folderAt(group[0]) : null,
    from: leastIn(group.map(({ from }) => from)),
    to: greatestIn(group.map(({ to }) => to)),
    ...SAY[kind](group),
  };
}

/** What a finding says. Its module and span are those of all its events, unless it says otherwise. */
type Said = Pick<Finding, "level" | "text"> & Partial<Finding>;

/** How events of each kind are described. */
const SAY: Readonly<Record<ReportedEvent["kind"], (group: Group) => Said>> = {
  state(group) {
    const [event] = group;
    const places = new Set(group.map(whereOf)).size;
    const where = event.module === null
      ? `${whereOf(event)} `
      : places > 1
      ? `${places} modules `
      : "";
    const text = `${where}in state ${shorten(event.detail, 100)}${howOften(group)}`;
    return { level: isFault(event.detail) ? 3 : 0, text };
  },
  derating: (group) => ({
    level: 2,
    text: `${group[0].column}${ofShared(group[0])} at 0 A${howOften(group)}`,
  }),
  /** A cell's largest deviation, and on how many days it deviated. */
  cell(group) {
    const worst = mostOf(group, ({ value }) => Math.abs(value ?? 0));
    const days = Math.round(sumOf(group, lengthOf) / DAY);
    return { level: 3, text: `${tidyNumbers(worst.detail)}, on ${plural(days, "day")}` };
  },
  /** The worst value beyond a limit, and on how many days and in how many modules any is beyond it. */
  limit(group) {
    const violations = group.filter((event) => event.kind === "limit");
    const worst = mostOf(violations, ({ side, value }) => side === "low" ? -value : value);
    const { detail, at } = worst;
    const days = new Set(violations.flatMap(({ days }) => days)).size;
    const modules = new Set(violations.map(folderAt)).size;
    const where = [
      ...(days > 1 ? [`on ${days} days`] : []),
      ...(modules > 1 ? [`in ${modules} modules`] : []),
    ];
    return {
      level: 3,
      text: detail + (where.length > 0 ? `, violated ${where.join(" ")}` : ""),
      folder: folderAt(worst),
      at,
    };
  },
  /** The longest time that a signal of a kind was frozen, and how often in which places. */
  frozen(group) {
    const [first] = group;
    const { from, to } = mostOf(group, lengthOf);
    const places = new Set(group.map(whereOf)).size;
    const where = places === 1
      ? ofShared(first)
      : ` in ${places} ${first.module === null ? "places" : "modules"}`;
    const what = group.length === 1 ? first.column : columnPattern(first.column ?? "");
    // A current that stays at 0 A means rest.
    const isIdle = group.every(({ column, detail }) =>
      quantityOf(column ?? "") === "current" && detail.endsWith(" at 0")
    );
    const often = group.length === 1 ? "for" : `${group.length} times, for up to`;
    const text = `${what}${where} kept its value ${often} ${duration(to - from)}`;
    return { level: isIdle ? 0 : 2, text, from, to };
  },
  /** Which modules were silent at the same time, and for how long at most. */
  silent(group) {
    const { from, to } = mostOf(group, lengthOf);
    const text = group.length === 1
      ? `no reading for ${duration(to - from)}`
      : `no reading from ${listOf(group.map(whereOf), 6)} for up to ${duration(to - from)}`;
    return { level: 1, text, from, to };
  },
};

/** How bad an event is: see {@linkcode Finding}. */
export function levelOf(event: ReportedEvent): Finding["level"] {
  return SAY[event.kind]([event]).level;
}

const whereOf = (event: ReportedEvent) => event.phase === null ? "the system" : placeName(event);
const lengthOf = ({ from, to }: ReportedEvent) => to - from;

/** Says that something is of the system or of a phase; nothing if it is of a module. */
function ofShared(event: ReportedEvent): string {
  return event.module === null ? ` of ${whereOf(event)}` : "";
}

/** How often, if more than once, and for how long in total. */
function howOften(group: Group): string {
  const total = duration(sumOf(group, lengthOf));
  return group.length > 1 ? ` ${group.length} times, for ${total} in total` : ` for ${total}`;
}

/** Whether days without data explain a silence: they are a finding of their own. */
function isMissing({ kind, from, to }: ReportedEvent, days: readonly BatteryDay[]): boolean {
  if (kind !== "silent") return false;
  const known = sumOf(
    days,
    ({ day }) => Math.max(0, Math.min(to, day + DAY) - Math.max(from, day)),
  );
  return known < 3600;
}
