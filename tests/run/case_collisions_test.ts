import assert from "node:assert/strict";
import { claimFolders, foldersOf, withoutModules } from "../../lib/run/case_collisions.ts";
import { Problems } from "../../lib/run/problems.ts";
import type { DayAnswer } from "../../lib/run/messages.ts";

Deno.test("foldersOf() keeps the first of several folders that differ only in case", () => {
  const files = ["1_a", "1_A", "1_b", "1_a"].map((folder) => `${folder}/2024/07/13/00.parquet`);
  assert.deepEqual([...foldersOf(files)], [["1_a", "1_a"], ["1_b", "1_b"]]);
});

Deno.test("claimFolders() names modules whose folders differ from others only in case", () => {
  const folders = foldersOf(["1_a/2024/07/13/00.parquet"]);
  const problems = new Problems(false, () => {});
  const claim = (...modules: string[]) =>
    claimFolders(folders, modules.map((module): [string, string] => ["1", module]), problems);
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
