/**
 * What needs attention, worst first.
 *
 * @module
 */
import {
  type BatteryDay,
  type BatteryEvent,
  daysByModule,
  eventsOf,
  LIMIT_UNITS,
  type Limits,
  type Violation,
  violationsOf,
} from "../../battery/mod.ts";
import { DAY, folderOf } from "../../telemetry/mod.ts";
import { isFault } from "../charts/state.ts";
import { format, plural, signed } from "../charts/words.ts";
import { cellHistories, type CellHistory } from "./cell_history.ts";
import { hourText } from "./state_strip.ts";
import { dayAxis, missingDays } from "./time_axis.ts";

/** Something to look at. */
export interface Finding {
  /** How bad: 3 is a danger, 2 a fault, 1 a gap in the data. */
  level: 1 | 2 | 3;
  /** What kind of thing it is, in a word. */
  kind: string;
  /** What happened. */
  text: string;
  /** The module; null if it is no single one's. */
  place: { phase: string; module: string } | null;
  /** When it began, in seconds since the epoch. */
  from: number;
  /** When it ended. */
  to: number;
}

/** Everything that attention is paid to. */
export interface Causes {
  /** The days, of which gaps and rarely reported cells are found. */
  days: readonly BatteryDay[];
  /** The events. */
  events: readonly BatteryEvent[];
  /** The limits that were exceeded. */
  violations: readonly Violation[];
  /** The cells, of which the deviations of events are taken. */
  cells: readonly CellHistory[];
}

/** Lists what needs attention in some days, worst first. */
export function attention(days: readonly BatteryDay[], limits: Limits | null): Finding[] {
  return attentionOf({
    days,
    events: eventsOf(days),
    violations: limits === null ? [] : violationsOf(days, limits),
    cells: cellHistories(days),
  });
}

/** The same, of events, violations and cells that are known already. */
export function attentionOf({ days, events, violations, cells }: Causes): Finding[] {
  return [
    ...violationFindings(violations),
    ...stateFindings(events.filter(({ kind }) => kind === "state")),
    ...cellFindings(events.filter(({ kind }) => kind === "cell"), cells),
    ...frozenFindings(events.filter(({ kind }) => kind === "frozen")),
    ...deratingFindings(events.filter(({ kind }) => kind === "derating")),
    ...silentFindings(events.filter((event) => event.kind === "silent" && !isMissing(event, days))),
    ...sparseCells(days),
    ...missing(days),
  ].sort((a, b) => b.level - a.level || (b.to - b.from) - (a.to - a.from));
}

/** A finding for each limit: the worst value, and how many modules exceeded it. */
function violationFindings(violations: readonly Violation[]): Finding[] {
  const groups = Map.groupBy(violations, ({ quantity, side }) => `${side} ${quantity}`);
  return [...groups.values()].map((group) => {
    const [{ quantity, side }] = group as [Violation];
    const isWorse = side === "low"
      ? (a: Violation, b: Violation) => a.worst.value < b.worst.value
      : (a: Violation, b: Violation) => a.worst.value > b.worst.value;
    const { worst, phase, module } = group.reduce((a, b) => isWorse(b, a) ? b : a);
    const others = new Set(group.map(({ phase, module }) => folderOf(phase, module))).size - 1;
    return {
      level: 3,
      kind: "limit",
      text: `${quantity.replace("_", " ")} ${side === "low" ? "down to" : "up to"} ` +
        `${format(worst.value)} ${LIMIT_UNITS[quantity]} (${worst.column})` +
        (others > 0 ? `, and beyond the limit in ${plural(others, "other module")}` : ""),
      place: { phase, module },
      from: Math.min(...group.map(({ from }) => from)),
      to: Math.max(...group.map(({ to }) => to)),
    };
  });
}

const seconds = (events: readonly { from: number; to: number }[]) =>
  events.reduce((sum, { from, to }) => sum + to - from, 0);

function spanOf(events: readonly BatteryEvent[]): { from: number; to: number } {
  return {
    from: Math.min(...events.map(({ from }) => from)),
    to: Math.max(...events.map(({ to }) => to)),
  };
}

function placeOf({ phase, module }: BatteryEvent): Finding["place"] {
  return phase === null || module === null ? null : { phase, module };
}

function whereOf({ phase, module }: Pick<BatteryEvent, "phase" | "module">): string {
  if (phase === null) return "the system";
  return module === null ? `phase ${phase}` : folderOf(phase, module);
}

/** A finding for each state; one that came often is named once. */
function stateFindings(events: readonly BatteryEvent[]): Finding[] {
  const groups = Map.groupBy(events, (event) => JSON.stringify([whereOf(event), event.detail]));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const often = group.length > 1 ? ` ${group.length} times,` : "";
    return {
      level: isFault(first!.detail) ? 3 : 1,
      kind: "state",
      text: `${whereOf(first!)} in state ${first!.detail}${often} for ${
        hourText(seconds(group) / 3600)
      }`,
      place: placeOf(first!),
      ...spanOf(group),
    };
  });
}

/** A finding for each cell, with how far it is off now. */
function cellFindings(events: readonly BatteryEvent[], cells: readonly CellHistory[]): Finding[] {
  const groups = Map.groupBy(events, (event) => JSON.stringify([whereOf(event), event.column]));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const history = cells.find(({ phase, module, column }) =>
      phase === first!.phase && module === first!.module && column === first!.column
    );
    const { from, to } = spanOf(group);
    const own = history?.days.filter(({ day }) => day + DAY > from && day < to) ?? [];
    const worst = own.reduce(
      (most, { median }) => Math.abs(median) > Math.abs(most) ? median : most,
      0,
    );
    return {
      level: 3,
      kind: "cell",
      text: history === undefined
        ? first!.detail
        : `${first!.column}: up to ${signed(worst, 0)} mV beside the median at rest, ` +
          `on ${plural(own.length, "day")}`,
      place: placeOf(first!),
      from,
      to,
    };
  });
}

/** A finding for each kind of signal that froze: columns that differ in their numbers are one kind. */
function frozenFindings(events: readonly BatteryEvent[]): Finding[] {
  const groups = Map.groupBy(events, ({ column }) => columnKind(column ?? ""));
  return [...groups].map(([kind, group]) => {
    const places = new Set(group.map(whereOf));
    const [first] = group;
    const longest = group.reduce((a, b) => b.to - b.from > a.to - a.from ? b : a);
    const where = places.size === 1
      ? `of ${whereOf(first!)}`
      : `in ${places.size} ${first!.module === null ? "places" : "modules"}`;
    const often = group.length === 1 ? "" : ` ${group.length} times, at the longest`;
    return {
      level: 2,
      kind: "frozen",
      text: `${group.length === 1 ? first!.column : kind} ${where} kept one value${often} for ` +
        hourText((longest.to - longest.from) / 3600),
      place: places.size === 1 ? placeOf(first!) : null,
      from: longest.from,
      to: longest.to,
    };
  });
}

/** Deratings of one limit in one finding: how often, and how long in all. */
function deratingFindings(events: readonly BatteryEvent[]): Finding[] {
  const groups = Map.groupBy(events, (event) => JSON.stringify([whereOf(event), event.column]));
  return [...groups.values()].map((group) => {
    const [first] = group;
    const often = group.length > 1 ? ` ${group.length} times,` : "";
    return {
      level: 2,
      kind: "derating",
      text: `${first!.column} of ${whereOf(first!)} at 0 A${often} for ${
        hourText(seconds(group) / 3600)
      }`,
      place: placeOf(first!),
      ...spanOf(group),
    };
  });
}

/** Modules that were silent at the same time in one finding. */
function silentFindings(events: readonly BatteryEvent[]): Finding[] {
  const groups: BatteryEvent[][] = [];
  for (const event of events) {
    const group = groups.find(([first]) => isSameTime(first!, event));
    if (group === undefined) groups.push([event]);
    else group.push(event);
  }
  return groups.map((group) => {
    const longest = group.reduce((a, b) => b.to - b.from > a.to - a.from ? b : a);
    const { from, to } = longest;
    return {
      level: 1,
      kind: "silent",
      text: group.length === 1
        ? `no reading for ${hourText((to - from) / 3600)}`
        : `no reading of ${listOf(group.map(whereOf))} for up to ${hourText((to - from) / 3600)}`,
      place: group.length === 1 ? placeOf(longest) : null,
      from,
      to,
    };
  });
}

/** Whether days without data explain a silence: these are a finding of their own. */
function isMissing({ from, to }: BatteryEvent, days: readonly BatteryDay[]): boolean {
  const known = days.reduce(
    (sum, { day }) => sum + Math.max(0, Math.min(to, day + DAY) - Math.max(from, day)),
    0,
  );
  return days.length > 0 && known < 3600;
}

function isSameTime(a: BatteryEvent, b: BatteryEvent): boolean {
  const common = Math.min(a.to, b.to) - Math.max(a.from, b.from);
  return common > 0.8 * Math.max(a.to - a.from, b.to - b.from);
}

const MAX_LISTED = 6;

function listOf(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Modules whose cells are all known in less than half of the rows, the worst first. */
function sparseCells(days: readonly BatteryDay[]): Finding[] {
  const sparse = [...daysByModule(days)].flatMap(([folder, list]) => {
    const known = list.filter(({ figures }) => figures.cellsFilled !== null);
    const rows = known.reduce((sum, { figures }) => sum + figures.rows, 0);
    const filled = known.reduce((sum, { figures }) => sum + figures.cellsFilled! * figures.rows, 0);
    return rows === 0 || filled / rows >= 0.5 ? [] : [{ folder, list, share: filled / rows }];
  }).sort((a, b) => a.share - b.share);
  if (sparse.length === 0) return [];
  const { phase, module } = sparse[0]!.list[0]!.figures;
  const starts = sparse.flatMap(({ list }) => list.map(({ day }) => day));
  return [{
    level: 1,
    kind: "sparse",
    text: sparse.length === 1
      ? `all cells are known in ${percent(sparse[0]!.share)} of the rows`
      : `all cells are known in less than half of the rows of ${sparse.length} modules: ` +
        listOf(sparse.map(({ folder, share }) => `${folder} (${percent(share)})`)),
    place: sparse.length === 1 ? { phase, module } : null,
    from: Math.min(...starts),
    to: Math.max(...starts) + DAY,
  }];
}

function missing(days: readonly BatteryDay[]): Finding[] {
  const axis = dayAxis(days);
  const found = missingDays(axis);
  if (found.length === 0) return [];
  return [{
    level: 1,
    kind: "missing",
    text: `${plural(found.length, "day")} between the first and the last without data`,
    place: null,
    from: axis.from + found[0]! * DAY,
    to: axis.from + (found.at(-1)! + 1) * DAY,
  }];
}

/** A column with `#` for its numbers, as in `cell_voltage_battery_#_cell_#`. */
export function columnKind(column: string): string {
  return column.replace(/\d+/g, "#");
}

/** A share in per cent: little is not nothing, and almost all is not all. */
export function percent(share: number): string {
  if (share > 0 && share < 0.1) return `${Math.max(0.1, share * 100).toFixed(1)} %`;
  if (share > 0.99 && share < 1) return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
  return `${(share * 100).toFixed(0)} %`;
}
