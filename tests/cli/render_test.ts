import assert from "node:assert/strict";
import { renderPlan, renderSummary } from "../../lib/cli/render.ts";
import type { Summary } from "../../lib/run/mod.ts";

const SUMMARY: Summary = {
  shard: null,
  files: 96,
  otherFiles: {},
  generalFiles: 1,
  rows: 1_783_567,
  readings: 396_560,
  duplicates: 1_387_000,
  rejected: { "a module without a phase": 5, "a value that is no finite number": 2 },
  modules: 4,
  hourFiles: 192,
  span: ["2024-07-01", "2024-07-02"],
  built: [{ day: "2024-07-01", reason: "not built yet", files: 49, rows: 900_000 }],
  current: 1,
  problems: [{ name: "b\u001b[31mad.parquet", reason: "is empty" }],
  ended: null,
  seconds: 0.35,
  rowsPerSecond: 5_095_905,
  peakMemory: 163e6,
};

Deno.test("the summary as text", () => {
  assert.equal(
    renderSummary(SUMMARY),
    `files                                                       96
rows read                                            1,783,567
  distinct readings                                    396,560
  duplicates                                         1,387,000
  rejected                                                   7
    a module without a phase                                 5
    a value that is no finite number                         2
modules                                                      4
hour files                                                 192
days                                  2024-07-01 to 2024-07-02
  built                                                      1
  up to date                                                 1
time                                                    0.35 s
rows per second                                      5,095,905
peak memory                                             163 MB

Not used (1):
  b·[31mad.parquet: is empty`,
  );
  assert.match(
    renderSummary({ ...SUMMARY, ended: "a.csv is empty" }),
    /Ended early by --strict: a.csv is empty$/,
  );
  const shard = { index: 2, count: 4, from: "SLURM_ARRAY_TASK_ID" };
  assert.match(renderSummary({ ...SUMMARY, shard }), /^shard +2\/4, by SLURM_ARRAY_TASK_ID\n/);
});

Deno.test("of many files that could not be used the first are shown", () => {
  const problems = Array.from({ length: 21 }, (_, i) => ({ name: `${i}.csv`, reason: "is empty" }));
  const text = renderSummary({ ...SUMMARY, problems });
  assert.match(text, /Not used \(21\):\n.* {2}19\.csv: is empty\n {2}and 1 more, .*--json/s);
  assert.ok(!text.includes("20.csv"));
  const all = renderSummary({ ...SUMMARY, problems: problems.slice(1) });
  assert.match(all, /20\.csv: is empty$/);
});

Deno.test("the plan as text", () => {
  assert.equal(
    renderPlan({ ...SUMMARY, problems: [] }),
    `2024-07-01  49 files, up to 900,000 rows: not built yet
1 day would be built; nothing was written.`,
  );
  const shard = { index: 1, count: 3, from: "--shard" };
  assert.match(
    renderPlan({ ...SUMMARY, shard }),
    /^shard 1\/3, by --shard\n2024-07-01 {2}49 files/,
  );
});
