// deno-lint-ignore-file no-console -- it is a command
/**
 * Measures how long the first page of the report takes for 78 days of 24 modules, and how large it
 * is: it must stay under 3 s and 1 MB.
 *
 *     deno task bench:report --days 78 --phases 3 --modules 8
 *
 * @module
 */
import { parseTask } from "../tools/task.ts";
import { renderReport } from "../lib/report/mod.ts";
import type { DayRecord } from "../lib/store/mod.ts";
import { makeRecords } from "../tests/helpers/battery_days.ts";

const { values } = parseTask(import.meta.url, {
  options: {
    days: { type: "string", default: "78" },
    phases: { type: "string", default: "3" },
    modules: { type: "string", default: "8" },
  },
});
const [days, phases, modules] = [values.days, values.phases, values.modules].map(Number);
const made: DayRecord[] = makeRecords({
  days: days!,
  phases: phases!,
  modules: modules!,
  cells: 14,
  missing: [12],
});
const records = { inputs: new Map(), days: new Map(made.map((record) => [record.day, record])) };
const rows = made.reduce((sum, { rows }) => sum + rows, 0);
const summary = {
  ...{ files: made.length, rows, readings: rows, duplicates: 0, rejected: {} },
  ...{ modules: phases! * modules!, hourFiles: 0, span: null, built: [], current: 0, problems: [] },
};
const start = performance.now();
const page = await renderReport("", records, { kind: "index", summary, limits: null }, "");
const seconds = (performance.now() - start) / 1000;
const megabytes = new TextEncoder().encode(page).length / 1e6;
console.log(
  `${made.length} days of ${phases! * modules!} modules: ` +
    `${seconds.toFixed(2)} s, ${megabytes.toFixed(2)} MB`,
);
if (days === 78 && (seconds > 3 || megabytes > 1)) {
  console.error("more than 3 s or 1 MB");
  Deno.exit(1);
}
