/**
 * What a run did, as text.
 *
 * @module
 */
import type { Summary } from "../run/mod.ts";
import type { Shard } from "../store/mod.ts";
import { columns, count, plural, printable } from "./text.ts";

/** Which part of the days, and what said so. */
function renderShard({ index, count, from }: Required<Shard>): string {
  return `${index}/${count}, by ${from}`;
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
  const parts = [columns(lines)];
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
    plural(files, "file"),
    `${plural(built.length, "day")} built`,
    plural(hourFiles, "hour file"),
    `${seconds.toFixed(2)} s`,
    ...(problems.length > 0 ? [`${problems.length} not used`] : []),
  ];
  return `${now.toISOString().slice(0, 19)}Z  ${parts.join(", ")}`;
}

/** Renders what a dry run found. */
export function renderPlan(summary: Summary): string {
  const days = summary.built.map(({ day, files, rows, reason }) =>
    `${day}  ${plural(files, "file")}, up to ${plural(rows, "row")}: ${printable(reason)}`
  );
  const { shard } = summary;
  const lines = shard === null ? days : [`shard ${renderShard(shard)}`, ...days];
  const end = `${plural(summary.built.length, "day")} would be built; nothing was written.`;
  const parts = [...lines, end];
  if (summary.problems.length > 0) parts.push("", renderProblems(summary));
  if (summary.ended !== null) parts.push("", renderEnd(summary.ended));
  return parts.join("\n");
}
