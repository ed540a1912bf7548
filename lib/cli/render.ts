/**
 * Renders the outcome of a run as text.
 *
 * @module
 */
import { join } from "node:path";
import type { Summary } from "../run/mod.ts";
import { describeKind, type Shard } from "../store/mod.ts";
import { REJECTED, totalOf } from "../telemetry/mod.ts";
import { columns, count, duration, percent, plural, printable } from "./text.ts";

/** A line of the summary: a name and a number. */
type Line = [name: string, number: string];

/** Renders the summary at the end of a run; its last line says where the result is. */
export function renderSummary(summary: Summary, output: string): string {
  const { built, removed, problems, rows, ended } = summary;
  const idle = rows === 0 && ended === null &&
    [built, removed, problems].every(({ length }) => length === 0);
  return [
    idle ? [...shardLine(summary), renderIdle(summary)].join("\n") : columns(linesOf(summary)),
    ...renderNotes(summary, output, "are"),
    ...renderFailures(summary),
    renderResult(summary, output),
  ].join("\n\n");
}

/** Why there is nothing to do. */
function renderIdle({ current, inputSpan, outside, otherShards }: Summary): string {
  if (inputSpan === null) return "Nothing to do: the input has no readings.";
  const days = [
    `${plural(current, "day")} up to date`,
    ...(outside > 0 ? [`${count(outside)} outside --from and --to`] : []),
    ...(otherShards > 0 ? [`${count(otherShards)} of other shards`] : []),
  ];
  return `Nothing to do: ${days.join(", ")}.`;
}

function shardLine({ shard }: Summary): string[] {
  return shard === null ? [] : [`shard ${renderShard(shard)}`];
}

function linesOf(summary: Summary): Line[] {
  const { shard, rejected, files, unusableFiles, importedFiles, span } = summary;
  const lines: (Line | false)[] = [
    shard !== null && ["shard", renderShard(shard)],
    ["files", count(files)],
    unusableFiles > 0 && ["  unusable", count(unusableFiles)],
    importedFiles > 0 && ["  imported", count(importedFiles)],
    ...Object.entries(summary.importedBecause)
      .map(([why, number]): Line => [`    because of ${why}`, count(number)]),
    ["rows read", count(summary.rows)],
    ["  distinct readings", count(summary.readings)],
    ["  duplicates", count(summary.duplicates)],
    ["  rejected", count(totalOf(rejected))],
    ...Object.entries(rejected).sort()
      .map(([reason, number]): Line => [`    ${reason}`, count(number)]),
    ["modules", count(summary.modules)],
    ["days", span === null ? "none" : `${span[0]} to ${span[1]}`],
    ["  built", count(summary.built.length)],
    summary.removed.length > 0 && ["  removed", count(summary.removed.length)],
    summary.ended === null && ["  up to date", count(summary.current)],
    summary.unbuilt > 0 && ["  not built", count(summary.unbuilt)],
    summary.outside > 0 && ["  outside --from/--to", count(summary.outside)],
    summary.otherShards > 0 && ["  of other shards", count(summary.otherShards)],
    ["time", `${summary.seconds.toFixed(2)} s`],
    summary.report !== null && ["report", `${summary.reportSeconds.toFixed(2)} s`],
    summary.rowsPerSecond > 0 && ["rows per second", count(summary.rowsPerSecond)],
    ["peak memory", `${Math.round(summary.peakMemory / 1e6)} MB`],
  ];
  return lines.filter((line) => line !== false);
}

/** The part of the days, and what selected it. */
function renderShard({ index, count, from }: Required<Shard>): string {
  return `${index}/${count}, by ${from}`;
}

/** What was lost or is unusual, each with where to look or what to try. */
function renderNotes(summary: Summary, output: string, removal: "are" | "would be"): string[] {
  const { rejected, ofNoModule, otherFiles, inputSpan, outside, removed, shortened } = summary;
  const { otherOptions, oldReport } = summary;
  const notes: string[] = [];
  const within = summary.built.length + summary.current + summary.unbuilt + summary.otherShards;
  if (inputSpan !== null && outside > 0 && within === 0) {
    notes.push(`No day is within --from and --to: the input has ${inputSpan.join(" to ")}.`);
  }
  if (removed.length > 0) {
    const files = count(totalOf(removed.map(({ hourFiles }) => hourFiles)));
    notes.push(
      `--input no longer has readings for ${plural(removed.length, "day")}, whose hour files ` +
        `(${files}) ${removal} removed. To build some days and keep the others, use --from and --to.`,
    );
  }
  if (shortened.length > 0) {
    const files = count(totalOf(shortened.map(({ hourFiles }) => hourFiles)));
    notes.push(
      `--input no longer has readings for some hours of ${
        plural(shortened.length, "day")
      }, whose ` +
        `hour files (${files}) are removed. To keep them, give all inputs that have readings of a day.`,
    );
  }
  if (otherOptions !== null) {
    const days = plural(otherOptions.days, "day");
    notes.push(
      `${days} outside --from and --to ${otherOptions.days === 1 ? "was" : "were"} built with ` +
        `other options (${otherOptions.option}). A run without --from and --to builds ` +
        `${otherOptions.days === 1 ? "it" : "them"} again.`,
    );
  }
  if (oldReport !== null) {
    notes.push(`${join(output, oldReport)} is older than the hour files. --report updates it.`);
  }
  const rejectedRows = totalOf(rejected);
  if (rejectedRows > 0) {
    notes.push(`${plural(rejectedRows, "rejected row")}: see ${join(output, "_etl/rejected/")}`);
    notes.push(...summary.examples.map(renderExample));
    if (Object.hasOwn(rejected, REJECTED.tooMany)) {
      notes.push(
        "Tags and other fields with a separator in them need quotes; numbers need a decimal point.",
      );
    }
  }
  if (totalOf(ofNoModule) > 0) {
    const shown = largest(ofNoModule, (payload, number) => `${payload} (${count(number)})`);
    const why = summary.modules === 0
      ? "none of those days has a reading with the tags phase and module (in lower case)"
      : "no module that they concern reported in the same hour";
    const readings = plural(totalOf(ofNoModule), "reading");
    notes.push(`${readings} in no hour file, because ${why}: ${shown}`);
  }
  if (summary.localFiles > 0) {
    notes.push(
      `The times in ${plural(summary.localFiles, "file")} have no zone: they are taken as UTC.`,
    );
  }
  if (totalOf(otherFiles) > 0) {
    notes.push(renderOtherFiles(otherFiles));
  }
  for (const { payload, before, after } of summary.changedKinds) {
    const most = after === "text" ? "are not numbers" : "are numbers";
    notes.push(
      `${payload} was ${before} before this run, and is ${after} now: most of its readings ${most}.`,
    );
  }
  notes.push(...summary.mixed.map(mixedText));
  if (summary.blank.length > 0) {
    const shown = summary.blank.slice(0, 5).map((payload) => JSON.stringify(payload)).join(", ");
    notes.push(
      `Some payload types begin or end with a blank: ${shown}. Does a CSV file have blanks after its commas?`,
    );
  }
  if (summary.sparse.length > 0) notes.push(renderSparse(summary.sparse));
  return notes.length === 0 ? [] : [notes.map((note) => printable(`Note: ${note}`)).join("\n")];
}

/** A rejected row, and where it is. */
function renderExample({ reason, file, line, row }: Summary["examples"][number]): string {
  return `${file}${line === undefined ? "" : `, line ${line}`}: ${reason}: ${row}`;
}

/** What is unexpected in the readings of a payload type. */
function mixedText({ payload, kind, numericShare, isQuantity }: Summary["mixed"][number]): string {
  const asked = (who: string) => isQuantity ? ` Do ${who} have decimal commas?` : "";
  if (numericShare === 0) {
    return `${payload} is text: none of its readings is a number.${asked("they")}`;
  }
  if (kind === "text") {
    const share = percent(numericShare);
    return `${payload} is text, although ${share} of its readings are numbers.${
      asked("the others")
    }`;
  }
  const share = percent(1 - numericShare);
  return `${payload} is numeric; ${share} of its readings are not numbers, and are rejected.` +
    asked("they");
}

/** How many files were ignored, and what to do about them. */
function renderOtherFiles(otherFiles: Summary["otherFiles"]): string {
  const files = plural(totalOf(otherFiles), "file");
  const [kind, ...others] = Object.keys(otherFiles);
  if (others.length === 0) {
    const were = totalOf(otherFiles) === 1 ? "was" : "were";
    return `${files} of another kind ${were} ignored: ${describeKind(kind!)}`;
  }
  const shown = largest(otherFiles, (kind, number) => `${count(number)} ${describeKind(kind)}`);
  return `${files} of other kinds were ignored: ${shown}`;
}

/** One note on all of them, because `--max-gap` is one for all signals. */
function renderSparse(sparse: Summary["sparse"]): string {
  const shares = Object.fromEntries(sparse.map(({ payload, emptyShare }) => [payload, emptyShare]));
  const shown = largest(shares, (payload, share) => `${payload} (${percent(share)} empty)`);
  const maxGap = Math.max(...sparse.map(({ maxGap }) => maxGap));
  return `${shown}: their readings are often further apart than --max-gap. ` +
    `--max-gap ${duration(maxGap)} would bridge nine out of ten gaps, ` +
    "but it would fill gaps of that length in every signal.";
}

/** Some counts or shares, the largest first; of more than five, only the first four. */
function largest(
  counts: Readonly<Record<string, number>>,
  render: (name: string, number: number) => string,
): string {
  const shown = Object.entries(counts).sort(([, a], [, b]) => b - a)
    .map(([name, number]) => render(name, number));
  return (shown.length > 5 ? [...shown.slice(0, 4), "and others"] : shown).join(", ");
}

/** Where the result is. */
function renderResult({ hourFiles, report }: Summary, output: string): string {
  const files = hourFiles === 0 ? "No hour files" : plural(hourFiles, "hour file");
  const pages = report === null ? "" : `, report ${join(output, report)}`;
  return printable(`${files} in ${join(output, "/")}${pages}`);
}

const MAX_LISTED_PROBLEMS = 20;

/** Renders what could not be used, and why a strict run ended. */
export function renderFailures({ problems, ended }: Summary): string[] {
  const lines = problems.slice(0, MAX_LISTED_PROBLEMS)
    .map(({ name, reason }) => `  ${printable(name)}: ${printable(reason)}`);
  const others = problems.length - lines.length;
  if (others > 0) lines.push(`  and ${others} more, which --json lists`);
  return [
    ...(lines.length > 0 ? [[`Problems (${problems.length}):`, ...lines].join("\n")] : []),
    ...(ended !== null ? [`Stopped by --strict: ${printable(ended)}`] : []),
  ];
}

/** Renders a run in one line, for `--watch`. */
export function renderRun(
  { files, built, removed, rejected, problems, hourFiles, seconds }: Summary,
  now: Date,
): string {
  const rejectedRows = totalOf(rejected);
  const parts = [
    plural(files, "file"),
    `${plural(built.length, "day")} built`,
    ...(removed.length > 0 ? [`${count(removed.length)} removed`] : []),
    plural(hourFiles, "hour file"),
    `${seconds.toFixed(2)} s`,
    ...(rejectedRows > 0 ? [plural(rejectedRows, "rejected row")] : []),
    ...(problems.length > 0 ? [plural(problems.length, "problem")] : []),
  ];
  return `${now.toISOString().slice(0, 19)}Z  ${parts.join(", ")}`;
}

/** Renders what a dry run found. */
export function renderPlan(summary: Summary, output: string): string {
  const { built, removed } = summary;
  const days = [
    ...built.map(({ day, files, rows, reason }) =>
      `${day}  ${plural(files, "file")}, up to ${plural(rows, "row")}: ${printable(reason)}`
    ),
    ...removed.map(({ day, hourFiles }) =>
      `${day}  would be removed, with ${plural(hourFiles, "hour file")}`
    ),
  ].sort();
  const lines = [...shardLine(summary), ...days];
  const end = days.length === 0
    ? renderIdle(summary)
    : `${plural(built.length, "day")} would be built` +
      `${removed.length > 0 ? `, ${count(removed.length)} removed` : ""}; nothing was written.`;
  return [
    [...lines, end].join("\n"),
    ...renderNotes(summary, output, "would be"),
    ...renderFailures(summary),
  ].join("\n\n");
}
