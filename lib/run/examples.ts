/**
 * Shows some of the rejected rows, so that what is wrong with them can be seen without opening the
 * files in which they are kept.
 *
 * @module
 */
import { join } from "node:path";
import { readLines, stateFile } from "../store/mod.ts";
import type { Counts, Rejected } from "../telemetry/mod.ts";
import type { RunContext } from "./context.ts";
import { inputId } from "./examine.ts";
import { inputsRead, type RejectedExample } from "./summary.ts";

/** How many characters of a row are shown. */
const MAX_SHOWN = 120;
/** How many rows are looked at: a reason found only in later rows gets no example. */
const MAX_ROWS = 200_000;

/** Finds an example of each reason among the rows that the run rejected. */
export function rejectedExamples(run: RunContext): RejectedExample[] {
  const { options: { output }, stateFolder, records, built } = run;
  const files = inputsRead(run).map(([name, { rejected }]): [path: string, rejected: Counts] => [
    join(stateFolder, "rejected", `${inputId(name)}.jsonl`),
    rejected,
  ]);
  for (const day of [...built.keys()].sort((a, b) => a - b)) {
    files.push([join(output, stateFile("rejected", day)), records.days.get(day)?.rejected ?? {}]);
  }
  const found = new Map<string, RejectedExample>();
  let looked = 0;
  for (const [path, rejected] of files) {
    const wanted = new Set(Object.keys(rejected)).difference(found);
    for (const row of wanted.size === 0 ? [] : rowsIn(path)) {
      if (wanted.delete(row.reason)) found.set(row.reason, exampleOf(row));
      if (wanted.size === 0 || ++looked >= MAX_ROWS) break;
    }
  }
  return [...found.values()];
}

/** The rejected rows in a file, up to where it can't be read. */
function* rowsIn(path: string): Generator<Rejected> {
  const decoder = new TextDecoder();
  try {
    for (const line of readLines(path)) yield JSON.parse(decoder.decode(line));
  } catch { /* the summary does without examples */ }
}

function exampleOf({ reason, file, line, text, ...row }: Rejected): RejectedExample {
  const fields = [row.timestamp, row.payload_type, row.value, row.tags];
  const shown = text ?? fields.map((field) => field ?? "").join(" | ");
  const cut = shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN).toWellFormed()}…` : shown;
  return { reason, file, ...line === undefined ? {} : { line }, row: cut };
}
