/**
 * What a run read, rejected, or could not use.
 *
 * @module
 */
import { join } from "node:path";
import { listFolder, type Records, rowCounts, STATE_FOLDER } from "../../store/mod.ts";
import { countByPayload, kindOf, type Rejected, totalOf } from "../../telemetry/mod.ts";
import { anchor, paragraph, table } from "../html.ts";
import { isMeasured } from "../../battery/mod.ts";
import { listOf, plural } from "../words.ts";
import { sumOf } from "../aggregates.ts";
import { type LatestRun, modulesOf } from "../page_plan.ts";

/** What is on record after the run, and what it built, in numbers. */
export function runTable(records: Records, run: LatestRun): string {
  const days = [...records.days.values()];
  const counts = rowCounts(days, [...records.inputs.values()]);
  return table("All input on record, and what the latest run built.", ["what", "number"], [
    ["Input files", run.files],
    ["Rows read", counts.rows],
    ["Distinct readings", counts.readings],
    ["Duplicates", counts.duplicates],
    ["Rejected", totalOf(counts.rejected)],
    ["Modules", modulesOf(records).length],
    ["Hour files", sumOf(days, ({ files }) => files.length)],
    ["Days that the run built", run.built],
    ["Days that were up to date", run.current],
  ]);
}

/**
 * The input that is in no figure, as markup: what could not be used, rejected rows, and quantities
 * whose readings are mostly not numbers. Empty if there is none.
 */
export function inputNotes({ days, inputs }: Records, run: LatestRun): string[] {
  const { rejected } = rowCounts([...days.values()], [...inputs.values()]);
  const [rows, unusable] = [totalOf(rejected), run.problems.length];
  const counts = [...days.values()].flatMap(({ signalCounts }) => signalCounts);
  const texts = [...countByPayload(counts)].filter(([payload, count]) =>
    isMeasured(payload) && kindOf(count) === "text"
  ).map(([payload]) => payload).sort();
  const files = unusable === 1 ? "1 file or day" : `${unusable} files or days`;
  const missing = [
    ...(rows > 0 ? [plural(rows, "rejected row")] : []),
    ...(unusable > 0 ? [`${files} that could not be used`] : []),
  ];
  return [
    ...(missing.length > 0
      ? [`<p>Not in the rows: ${missing.join(" and ")}; see ${anchor(["#run", "the run"])}.</p>`]
      : []),
    ...(texts.length > 0
      ? [paragraph(`Text instead of numbers, and so in no figure: ${listOf(texts, 6)}.`)]
      : []),
  ];
}

/** How many rejected rows are shown per reason, and how many files. */
const MAX_EXAMPLES = 5, MAX_FILES = 20;

/** The rejected rows and the files that could not be used. */
export function rejectedTables(
  output: string,
  { days, inputs }: Records,
  run: LatestRun,
): string[] {
  const { rejected } = rowCounts([...days.values()], [...inputs.values()]);
  const reasons = Object.entries(rejected).sort();
  const files = [...inputs].map(([name, { rejected }]) => [name, totalOf(rejected)] as const)
    .filter(([, rows]) => rows > 0);
  const cells = ["file", "reason", "timestamp", "payload_type", "value", "tags"] as const;
  return [
    reasons.length === 0
      ? paragraph("No row was rejected.")
      : table("Rejected rows by reason.", ["reason", "rows"], reasons),
    table("Files with malformed rows.", ["file", "rows"], files.slice(0, MAX_FILES)),
    run.problems.length === 0 ? paragraph("Every input file could be used.") : table(
      "What could not be used.",
      ["file or day", "reason"],
      run.problems.map(({ name, reason }) => [name, reason]),
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
