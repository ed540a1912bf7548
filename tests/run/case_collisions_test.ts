import assert from "node:assert/strict";
import { FolderNames, withoutModules } from "../../lib/run/case_collisions.ts";
import { Problems } from "../../lib/run/events.ts";
import type { DayAnswer } from "../../lib/run/messages.ts";

Deno.test("FolderNames.claim() returns an earlier name that differs only in case", () => {
  const folders = new FolderNames();
  assert.deepEqual(["1_a", "1_A", "1_b", "1_a", "1_A"].map((name) => folders.claim(name)), [
    null,
    "1_a",
    null,
    null,
    "1_a",
  ]);
});

Deno.test("FolderNames.claimDay() names modules whose folders differ from others only in case", () => {
  const folders = new FolderNames(["1_a/2024/07/13/00.parquet"]);
  const problems = new Problems(false, () => {});
  const claim = (...modules: string[]) =>
    folders.claimDay(modules.map((module): [string, string] => ["1", module]), problems);
  assert.deepEqual(claim("a", "b"), new Set());
  assert.equal(problems.byName.size, 0);
  assert.deepEqual(claim("A", "b", "B", "c"), new Set(["1_A", "1_B"]));
  assert.deepEqual([...problems.byName.keys()], ["1_A", "1_B"]);
  assert.match(
    problems.byName.get("1_A")!,
    /differs from 1_a only in case.* an --output on another/,
  );
});

Deno.test("withoutModules() drops the hour files of modules, and their sizes", () => {
  const files = [
    "1_A/2024/07/13/00.parquet",
    "1_a/2024/07/13/00.parquet",
    "1_b/2024/07/13/01.parquet",
  ];
  const answer = {
    result: { files, sizes: [1, 2, 3] },
    failures: [],
    staged: [...files, "_etl/rejected/x"].map((name) => ({ tempPath: name, path: `/out/${name}` })),
  } as unknown as DayAnswer;
  const kept = withoutModules(answer, "/out", new Set(["1_a"]));
  assert.deepEqual(kept.result.files, [files[0], files[2]]);
  assert.deepEqual(kept.result.sizes, [1, 3]);
  assert.deepEqual(kept.staged.map(({ tempPath }) => tempPath), [
    files[0],
    files[2],
    "_etl/rejected/x",
  ]);
  assert.deepEqual(withoutModules(answer, "/out", new Set()), answer);
});
