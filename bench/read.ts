// deno-lint-ignore-file no-console -- it prints figures
/**
 * Measures the warm reader alone: from the bytes of day files in memory to distinct readings in
 * order of time, in one process and on one core, again and again.
 *
 * ```sh
 * deno task bench:read --input ../telemetry --runs 15
 * ```
 *
 * Whole runs start cold and end on a disk, which hides a change of a tenth in the reader; this does
 * not. Still V8 compiles the same code differently from process to process: compare the medians of
 * several.
 *
 * @module
 */
import { findInputs } from "../lib/store/mod.ts";
import {
  appendSorted,
  createSeries,
  DAY,
  DayReader,
  type Layout,
  readLayout,
} from "../lib/telemetry/mod.ts";
import { defaultInput, median } from "./measure.ts";
import { parseTask } from "../tools/task.ts";

const { values } = parseTask(import.meta.url, {
  options: {
    input: { type: "string", default: defaultInput() },
    runs: { type: "string", default: "15" },
    warm: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});

/** A day file in memory, and where its columns lie. */
interface DayFile {
  bytes: Uint8Array<ArrayBuffer>;
  layout: Layout;
}

const days = Map.groupBy(
  findInputs(values.input).files.filter(({ name }) => name.endsWith(".parquet")).map(
    ({ path }): DayFile => {
      const bytes = Deno.readFileSync(path);
      const read = (offset: number, size: number) => bytes.subarray(offset, offset + size);
      return { bytes, layout: readLayout(read, bytes.length) };
    },
  ),
  ({ layout }) => Math.floor(layout.first / DAY) * DAY,
);

const reader = new DayReader();
const joined = createSeries();

/** Reads a day's files as a worker does; returns how many distinct readings there are. */
function readDay(day: number, files: readonly DayFile[]): number {
  const { readings } = reader;
  reader.reset({ day, from: day - DAY, to: day + 2 * DAY });
  for (const [i, { bytes, layout }] of files.entries()) {
    const read = (chunks: readonly { offset: number; size: number }[]) =>
      chunks.map(({ offset, size }) => bytes.subarray(offset, offset + size));
    reader.readFile(read, layout, i);
  }
  joined.length = 0;
  for (const blocks of readings.blocks) {
    appendSorted(joined, readings, blocks, readings.values);
  }
  return joined.length;
}

/** Reads all days; returns the seconds it took, and the distinct readings. */
function readAll(): { seconds: number; readings: number } {
  const started = performance.now();
  let readings = 0;
  for (const [day, files] of days) readings += readDay(day, files);
  return { seconds: (performance.now() - started) / 1000, readings };
}

const files = [...days.values()].flat();
const rows = files.reduce((sum, { layout }) => sum + layout.rows, 0);
for (let run = 0; run < Number(values.warm); run++) readAll();
const runs = Array.from({ length: Number(values.runs) }, readAll);
const seconds = median(runs.map(({ seconds }) => seconds));
const { readings } = runs[0]!;
const rowsPerSecond = rows / seconds;
if (values.json) {
  const all = runs.map(({ seconds }) => seconds);
  console.log(JSON.stringify({ files: files.length, rows, readings, seconds, rowsPerSecond, all }));
} else {
  console.log(
    `${rows.toLocaleString("en")} rows of ${files.length} files, ` +
      `${readings.toLocaleString("en")} distinct readings: median of ${runs.length} runs ` +
      `${seconds.toFixed(3)} s, ${(rowsPerSecond / 1e6).toFixed(1)} M rows/s`,
  );
}
