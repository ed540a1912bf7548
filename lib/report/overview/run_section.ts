/**
 * What a run read, rejected, or could not use.
 *
 * @module
 */
import { join } from "node:path";
import { listFolder, type Records, STATE_FOLDER } from "../../store/mod.ts";
import type { Rejected } from "../../telemetry/mod.ts";
import { paragraph, table } from "../html.ts";
import { sumOf } from "../aggregates.ts";
import type { RunFigures } from "../site.ts";

/** What is on record after the run, and what it built, in numbers. */
export function runTable(summary: RunFigures): string {
  const rejected = sumOf(Object.values(summary.rejected), (count) => count);
  return table("All input on record, and what the newest run built.", ["what", "number"], [
    ["Input files", summary.files],
    ["Rows read", summary.rows],
    ["Distinct readings", summary.readings],
    ["Duplicates", summary.duplicates],
    ["Rejected", rejected],
    ["Modules", summary.modules],
    ["Hour files", summary.hourFiles],
    ["Days that the run built", summary.built],
    ["Days that were up to date", summary.current],
  ]);
}

/** How many rejected rows are shown per reason, and how many files. */
const MAX_EXAMPLES = 5, MAX_FILES = 20;

/** The rejected rows and the files that could not be used. */
export function rejectedTables(
  output: string,
  { inputs }: Records,
  summary: RunFigures,
): string[] {
  const reasons = Object.entries(summary.rejected).sort();
  const files = [...inputs].map(([name, { rejected }]) => {
    const rows = sumOf(Object.values(rejected), (count) => count);
    return [name, rows] as const;
  }).filter(([, rows]) => rows > 0);
  const cells = ["file", "reason", "timestamp", "payload_type", "value", "tags"] as const;
  return [
    reasons.length === 0
      ? paragraph("No row was rejected.")
      : table("Rejected rows by reason.", ["reason", "rows"], reasons),
    table("Files with malformed rows.", ["file", "rows"], files.slice(0, MAX_FILES)),
    summary.problems.length === 0 ? paragraph("Every input file could be used.") : table(
      "What could not be used.",
      ["file or day", "reason"],
      summary.problems.map(({ name, reason }) => [name, reason]),
    ),
    table(
      `Some rejected rows for each reason; all are in ${STATE_FOLDER}/rejected/ of the output folder.`,
      cells,
      exampleRows(output).map((row) => cells.map((cell) => row[cell] ?? "")),
    ),
  ];
}

/** Some rejected rows of each reason, from the beginnings of their files. */
function exampleRows(output: string): Rejected[] {
  const folder = join(output, STATE_FOLDER, "rejected");
  const rows = new Map<string, Rejected[]>();
  for (const name of listFolder(folder).map(({ name }) => name).sort()) {
    if (!name.endsWith(".jsonl")) continue;
    using file = Deno.openSync(join(folder, name));
    const bytes = new Uint8Array(1 << 16);
    const text = new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
    const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter((line) => line);
    for (const row of whole.map((line): Rejected => JSON.parse(line))) {
      const some = rows.getOrInsertComputed(row.reason, () => []);
      if (some.length < MAX_EXAMPLES) some.push(row);
    }
  }
  return [...rows].sort(([a], [b]) => a < b ? -1 : 1).flatMap(([, some]) => some);
}
