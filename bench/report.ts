// deno-lint-ignore-file no-console -- it is a command
/**
 * How long the first page of the report takes, of 78 days of 24 modules on record: less than 3 s and
 * 1 MB are promised.
 *
 *     deno run -A bench/report.ts [--days 78] [--phases 3] [--modules 8]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { renderPage } from "../lib/report/html.ts";
import { overview } from "../lib/report/overview/mod.ts";
import { makeDays } from "../tests/helpers/battery_days.ts";

const { values } = parseArgs({
  options: {
    days: { type: "string", default: "78" },
    phases: { type: "string", default: "3" },
    modules: { type: "string", default: "8" },
  },
});
const [days, phases, modules] = [values.days, values.phases, values.modules].map(Number);
const made = makeDays({
  days: days!,
  phases: phases!,
  modules: modules!,
  cells: 14,
  missing: [12],
});
const start = performance.now();
const parts = overview(made, null);
const page = renderPage({ title: "Telemetry report", lead: "", links: [], parts }, "");
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
