/**
 * Which pages a report has, what they are called, and which of them are up to date.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { compareNatural, dayName, folderOf, moduleName } from "../telemetry/mod.ts";
import { type DayRecord, inputFingerprint, type Records } from "../store/mod.ts";
import {
  batteryDays,
  eventsOf,
  type Limits,
  type ReportedEvent,
  socUnit,
  violationsOf,
} from "../battery/mod.ts";
import { folderAt, positiveWords } from "./words.ts";
import type { Link } from "./html.ts";
import { VERSION } from "../version.ts";

/**
 * What a run did, for the first page. It has no duration, since the page is written again whenever
 * any of it changes.
 */
export interface LatestRun {
  /** How many input files there are. */
  files: number;
  /** How many days the run built. */
  built: number;
  /** How many days were up to date. */
  current: number;
  /** Input files and days that could not be used, and why. */
  problems: readonly { name: string; reason: string }[];
}

/** A page: the first one, that of a day (seconds since the epoch), or of a module (its folder). */
export type PageName =
  | { kind: "index" }
  | { kind: "day"; day: number }
  | { kind: "module"; folder: string };

/** A page, and what it needs besides the records of its days. */
export type PagePlan =
  | { kind: "index"; run: LatestRun; limits: Limits | null }
  | (PageName & { kind: "day" | "module" } & PageContext);

/** What all days together say about a day or a module. */
export interface PageContext {
  /** What positive current is, in words. */
  positiveCurrent: string;
  /** The unit in which states of charge are reported. */
  socUnit: "fraction" | "percent";
  /** The events of the day or the module, violations of limits among them. */
  events: ReportedEvent[];
}

/** Matches the names of pages. */
export const PAGE_FILE = /^(index|day-\d{4}-\d{2}-\d{2}|module-[\w%-]+)\.html$/;

/** The file of a page. */
export function pageFile(page: PageName): string {
  if (page.kind === "index") return "index.html";
  if (page.kind === "day") return `day-${dayName(page.day)}.html`;
  const { folder } = page;
  // A folder's name may be as long as names can be, which leaves no room for more.
  return `module-${folder.length <= 200 ? folder : sha256(folder)}.html`;
}

/** The address of a page, whose file name may contain `%`. */
function hrefOf(page: PageName): string {
  return encodeURIComponent(pageFile(page));
}

/** A link to the page of a day. */
export function dayLink(day: number): Link {
  return [hrefOf({ kind: "day", day }), dayName(day)];
}

/**
 * The day on which something began: the last one with data that begins no later than `time`, in
 * seconds. Silence may begin where a day ends that no other follows.
 */
export function beginningDay(days: readonly { day: number }[], time: number): number {
  return (days.findLast(({ day }) => day <= time) ?? days[0]!).day;
}

/** A link to the page of a module. */
export function moduleLink(folder: string): Link {
  return [hrefOf({ kind: "module", folder }), moduleName(folder)];
}

/** Plans all pages of a report. */
export function pagesOf(
  records: Records,
  run: LatestRun,
  limits: Limits | null,
): PagePlan[] {
  const days = batteryDays(daysOf(records));
  const ofAllDays = { positiveCurrent: positiveWords(days), socUnit: socUnit(days) };
  const events = eventsOf(days);
  const violations = violationsOf(days, limits);
  return [
    { kind: "index", run, limits },
    ...days.map((record, i) => {
      const { day } = record;
      const next = days[i + 1]?.day ?? Infinity;
      const own = events.filter(({ kind, from, to }) => kind !== "cell" && from < next && to > day);
      // A day's page names the worst values of that day, not of several consecutive days.
      const cells = eventsOf([record], []).filter(({ kind }) => kind === "cell");
      const ofDay = [...own, ...cells, ...violationsOf([record], limits)];
      return { kind: "day" as const, day, ...ofAllDays, events: ofDay };
    }),
    ...modulesOf(records).map((folder) => ({
      kind: "module" as const,
      folder,
      ...ofAllDays,
      events: [...events, ...violations].filter((event) => folderAt(event) === folder),
    })),
  ];
}

/** Days with hour files, in order. */
export function daysOf({ days }: Records): DayRecord[] {
  return [...days.values()].filter(({ coverage }) => coverage.length > 0)
    .sort((a, b) => a.day - b.day);
}

/** The folders of all modules that have hour files, in natural order. */
export function modulesOf(records: Records): string[] {
  const all = daysOf(records).flatMap(({ modules }) => modules.map((place) => folderOf(...place)));
  return [...new Set(all)].sort(compareNatural);
}

/** A text that changes whenever the content of a page does. */
export function digestOf(records: Records, page: PagePlan): string {
  return sha256(JSON.stringify([VERSION, TEMPLATE_VERSION, page, shownOn(records, page)]));
}

/** What a page shows besides its plan, or digests of it. */
function shownOn(records: Records, page: PagePlan): unknown[] {
  const days = daysOf(records);
  if (page.kind === "module") return days.map(recordDigest);
  if (page.kind === "day") {
    const at = days.findIndex(({ day }) => day === page.day);
    const beginnings = page.events.map(({ from }) => beginningDay(days, from));
    return [days[at - 1]?.day, recordDigest(days[at]!), days[at + 1]?.day, beginnings];
  }
  const malformed = [...records.inputs].filter(([, { rejected }]) =>
    Object.keys(rejected).length > 0
  );
  return [
    [...records.days.values()].map(recordDigest).sort(),
    malformed.map(([name, record]) => [name, inputFingerprint(record)]),
  ];
}

const digests = new WeakMap<DayRecord, string>();

/** The digest of a record; cached, because records are large, and each is on many pages. */
function recordDigest(record: DayRecord): string {
  return digests.getOrInsertComputed(record, () => sha256(JSON.stringify(record)));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Increased when the look of pages changes, so that they are written again. */
export const TEMPLATE_VERSION = 41;

/** The digest at the beginning of a page; null if it is not one of ours. */
export function readPageDigest(path: string): string | null {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(200);
    const text = new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
    return /^<!doctype html>\n<!-- ([0-9a-f]{64}) -->\n/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}
