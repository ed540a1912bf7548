/**
 * What a run shows: a line or a bar while it goes on, a summary at its end. All of it is a pure
 * function of state.
 *
 * @module
 */
import Table from "cli-table3";
import type { RunEvent, StaleDay, Summary } from "../run/mod.ts";
import type { Shard } from "../store/mod.ts";
import { dayName } from "../telemetry/mod.ts";

/** A number with thousands separated. */
function count(number: number): string {
  return number.toLocaleString("en-US");
}

function several(number: number, what: string): string {
  return `${count(number)} ${what}${number === 1 ? "" : "s"}`;
}

/** Text from data without control characters, which a terminal would obey. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- they are what this is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, "\u00b7");
}

/** Which part of the days, and what said so. */
function renderShard({ index, count, from }: Required<Shard>): string {
  return `${index}/${count}, by ${from}`;
}

/** Renders a table without lines: names to the left, numbers to the right. */
function table(rows: readonly (readonly [string, string])[]): string {
  const none = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left"];
  const more = ["bottom-right", "left", "left-mid", "mid", "mid-mid", "right", "right-mid"];
  const chars = Object.fromEntries([...none, ...more].map((name) => [name, ""]));
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0 };
  const colAligns: ("left" | "right")[] = ["left", "right"];
  const made = new Table({ chars: { ...chars, middle: "  " }, style, colAligns });
  made.push(...rows.map((row) => row.map(printable)));
  return made.toString().replace(/ +$/gm, "");
}

/** Renders the summary at the end of a run. */
export function renderSummary(summary: Summary): string {
  const { rejected, problems, span, built, shard } = summary;
  const lines: [string, string][] = [
    ...(shard === null ? [] : [["shard", renderShard(shard)] satisfies [string, string]]),
    ["files", count(summary.files)],
    ["rows read", count(summary.rows)],
    ["  distinct readings", count(summary.readings)],
    ["  duplicates", count(summary.duplicates)],
    ["  rejected", count(Object.values(rejected).reduce((sum, number) => sum + number, 0))],
    ...Object.entries(rejected).sort()
      .map(([reason, number]): [string, string] => [`    ${reason}`, count(number)]),
    ["modules", count(summary.modules)],
    ["hour files", count(summary.hourFiles)],
    ["days", span === null ? "none" : `${span[0]} to ${span[1]}`],
    ["  built", count(built.length)],
    ["  up to date", count(summary.current)],
    ["time", `${summary.seconds.toFixed(2)} s`],
    ...(summary.rowsPerSecond === 0
      ? []
      : [["rows per second", count(summary.rowsPerSecond)] satisfies [string, string]]),
    ["peak memory", `${Math.round(summary.peakMemory / 1e6)} MB`],
  ];
  const parts = [table(lines)];
  if (problems.length > 0) parts.push(renderProblems(summary));
  if (summary.ended !== null) parts.push(renderEnd(summary.ended));
  return parts.join("\n\n");
}

/** Renders why a strict run ended. */
export function renderEnd(ended: string): string {
  return `Ended early by --strict: ${printable(ended)}`;
}

/** So many files that could not be used are shown. */
const SHOWN = 20;

/** Renders what could not be used. */
export function renderProblems({ problems }: Pick<Summary, "problems">): string {
  const lines = problems.slice(0, SHOWN)
    .map(({ name, reason }) => `  ${printable(name)}: ${printable(reason)}`);
  const others = problems.length - lines.length;
  if (others > 0) lines.push(`  and ${others} more, which --json lists`);
  return [`Not used (${problems.length}):`, ...lines].join("\n");
}

/** Renders a run in one line, for those who watch. */
export function renderRun(
  { files, built, problems, hourFiles, seconds }: Summary,
  now: Date,
): string {
  const parts = [
    several(files, "file"),
    `${several(built.length, "day")} built`,
    several(hourFiles, "hour file"),
    `${seconds.toFixed(2)} s`,
    ...(problems.length > 0 ? [`${problems.length} not used`] : []),
  ];
  return `${now.toISOString().slice(0, 19)}Z  ${parts.join(", ")}`;
}

/** Renders what a dry run found. */
export function renderPlan(summary: Summary): string {
  const days = summary.built.map(({ day, files, rows, reason }) =>
    `${day}  ${several(files, "file")}, up to ${several(rows, "row")}: ${printable(reason)}`
  );
  const { shard } = summary;
  const lines = shard === null ? days : [`shard ${renderShard(shard)}`, ...days];
  const end = `${several(summary.built.length, "day")} would be built; nothing was written.`;
  const parts = [...lines, end];
  if (summary.problems.length > 0) parts.push("", renderProblems(summary));
  if (summary.ended !== null) parts.push("", renderEnd(summary.ended));
  return parts.join("\n");
}

/** How far a run is. */
export interface Progress {
  /** Days to build. */
  days: number;
  /** Days that are done. */
  done: number;
  /** Rows in the files of all days to build. */
  planned: number;
  /** Rows in the files of the days that are done. */
  plannedDone: number;
  /** Rows read so far. */
  rows: number;
}

/** The progress at the start. */
export const START: Progress = { days: 0, done: 0, planned: 0, plannedDone: 0, rows: 0 };

/** The progress behind an event. */
export function advance(progress: Progress, event: RunEvent): Progress {
  if (event.kind === "plan") {
    const planned = event.days.reduce((sum: number, { rows }: StaleDay) => sum + rows, 0);
    return { ...progress, days: event.days.length, planned };
  }
  if (event.kind === "problem") return progress;
  const { done, rows, plannedDone } = progress;
  return {
    ...progress,
    done: Math.min(done + 1, progress.days),
    rows: rows + event.rows,
    plannedDone: Math.min(plannedDone + event.planned, progress.planned),
  };
}

/** Renders a progress bar: days done, rows per second, time left. */
export function renderBar(progress: Progress, seconds: number, width: number = 24): string {
  const { days, done, planned, plannedDone, rows } = progress;
  const share = planned === 0 ? 0 : plannedDone / planned;
  const filled = Math.round(share * width);
  const bar = "\u2588".repeat(filled) + "\u2591".repeat(width - filled);
  const left = share > 0 ? `${Math.ceil(seconds / share - seconds)} s left` : "starting";
  const speed = seconds > 0 ? `${(rows / seconds / 1e6).toFixed(1)} M rows/s` : "";
  return `${bar} ${done}/${days} days  ${speed}  ${left}`;
}

/** Renders an event as a line of a log; null if it is not worth one. */
export function renderEvent(event: RunEvent): string | null {
  if (event.kind === "plan") {
    const stale = several(event.days.length, "day");
    return `${several(event.files, "file")} found, ${stale} to build`;
  }
  if (event.kind === "problem") {
    return `not used: ${printable(event.name)} ${printable(event.reason)}`;
  }
  const { day, rows, readings, hourFiles } = event;
  const parts = [
    several(rows, "row"),
    several(readings, "reading"),
    several(hourFiles, "hour file"),
  ];
  return `${dayName(day)}: ${parts.join(", ")}`;
}
