// deno-lint-ignore-file no-console -- it is a command
/**
 * How long the report takes. Without flags its first page is drawn, of 78 days of 24 modules on
 * record, which takes less than 3 s and 1 MB as promised. With --output all pages of an output
 * folder are drawn in this process, and none is written.
 *
 *     deno task bench:report --days 78 --phases 3 --modules 8
 *     deno task bench:report --output hours/
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { parseTask } from "../tools/task.ts";
import { type PagePlan, pagesOf, renderReport } from "../lib/report/mod.ts";
import { readRecords, type Records, STATE_FOLDER } from "../lib/store/mod.ts";
import { makeRecords } from "../tests/helpers/battery_days.ts";

const { values } = parseTask(import.meta.url, {
  options: {
    days: { type: "string", default: "78" },
    phases: { type: "string", default: "3" },
    modules: { type: "string", default: "8" },
    output: { type: "string" },
  },
});

/** Days of batteries that were never built. */
function madeRecords(days: number, phases: number, modules: number): Records {
  const made = makeRecords({ days, phases, modules, cells: 14, missing: [12] });
  return { inputs: new Map(), days: new Map(made.map((record) => [record.day, record])) };
}

const { output } = values;
const [days, phases, modules] = [values.days, values.phases, values.modules].map(Number);
const records = output === undefined
  ? madeRecords(days!, phases!, modules!)
  : readRecords(output, join(output, STATE_FOLDER));
const run = { files: records.days.size, built: 0, current: 0, problems: [] };
const plans: PagePlan[] = output === undefined
  ? [{ kind: "index", run, limits: null }]
  : pagesOf(records, run, null);

let [seconds, megabytes] = [0, 0];
for (const [kind, pages] of Map.groupBy(plans, ({ kind }) => kind)) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  let bytes = 0;
  for (const page of pages) {
    bytes += new TextEncoder().encode(await renderReport(output ?? "", records, page, "")).length;
  }
  const { user, system } = process.cpuUsage(before);
  [seconds, megabytes] = [(performance.now() - start) / 1000, bytes / 1e6];
  const peak = process.resourceUsage().maxRSS / 1000;
  console.log(
    `${kind}: ${pages.length} ${pages.length === 1 ? "page" : "pages"} of ${records.days.size} ` +
      `days with data in ${seconds.toFixed(2)} s, ` +
      `${((user + system) / 1e6).toFixed(2)} s of CPU, ${megabytes.toFixed(2)} MB; ` +
      `peak ${peak.toFixed(0)} MB`,
  );
}
if (output === undefined && days === 78 && (seconds > 3 || megabytes > 1)) {
  console.error("more than 3 s or 1 MB");
  Deno.exit(1);
}
