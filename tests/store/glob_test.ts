import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join, relative } from "node:path";
import fc from "fast-check";
import { globRoot, walkGlob } from "../../lib/store/glob.ts";
import { inFolder, put } from "../helpers/support.ts";

function matches(pattern: string): { files: string[]; failures: string[] } {
  const found = { files: new Set<string>(), failures: new Set<string>() };
  walkGlob(pattern, {
    onFile: (_, name) => found.files.add(name),
    onFailure: (_, name) => found.failures.add(name),
  });
  return { files: [...found.files].sort(), failures: [...found.failures].sort() };
}

/**
 * Expands alternatives in a pattern as shells do: Node's glob misses files if several alternatives
 * follow `**`.
 */
function alternatives(pattern: string): string[] {
  const [group, options] = /\{([^{}]*)\}/.exec(pattern) ?? [];
  if (group === undefined) return [pattern];
  return options!.split(",").flatMap((option) => alternatives(pattern.replace(group, option)));
}

const NAMES = ["a.csv", "b.csv", "ab.parquet", "x/a.csv", "x/y/a.csv", "x/y/b.parquet", "y/a.csv"];

Deno.test("walkGlob() finds the same files as Node's globSync()", () =>
  inFolder((folder) => {
    for (const name of NAMES) put(join(folder, name), "");
    const part = fc.constantFrom("*", "**", "x", "?", "[xy]", "{x,y}", "a*", "{x/y,y}");
    const last = fc.constantFrom("*", "*.csv", "?.csv", "[a].*", "*.{csv,parquet}", "a.csv");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 3 }), last, (parts, last) => {
        const pattern = join(folder, ...parts, last);
        if (!/[*?[{]/.test(pattern)) return;
        const root = globRoot(pattern);
        const found = alternatives(pattern).flatMap((one) => globSync(one))
          .filter((path) => Deno.statSync(path).isFile).map((path) => relative(root, path));
        assert.deepEqual(matches(pattern).files, [...new Set(found)].sort(), pattern);
      }),
      { numRuns: 300 },
    );
  }));

Deno.test("walkGlob() names files relative to the root of a relative pattern", () =>
  inFolder((folder) => {
    for (const name of NAMES) put(join(folder, name), "");
    const before = Deno.cwd();
    Deno.chdir(folder);
    try {
      const { files } = matches("{x/y,y,[x]}/a.csv");
      assert.deepEqual(files, ["x/a.csv", "x/y/a.csv", "y/a.csv"]);
      put("z/y/a.csv", "");
      assert.deepEqual(matches("{x/y,z/y}/a.csv").files, ["x/y/a.csv", "z/y/a.csv"]);
      assert.deepEqual(matches("x/{y,z,z/y}/[!b]*"), { files: ["y/a.csv"], failures: [] });
    } finally {
      Deno.chdir(before);
    }
  }));

Deno.test("walkGlob() matches characters literally that are special in a regular expression", () =>
  inFolder((folder) => {
    for (const name of ["a+(1).csv", "aa1.csv", "a{1}.csv", "a].csv", "é^$.csv"]) {
      put(join(folder, name), "");
    }
    const found = (pattern: string) => matches(join(folder, pattern)).files;
    assert.deepEqual(found("a+(1).*"), ["a+(1).csv"]);
    assert.deepEqual(found("a{1}.*"), ["a{1}.csv"]);
    assert.deepEqual(found("a[]].*"), ["a].csv"]);
    assert.deepEqual(found("?^$.*"), ["é^$.csv"]);
    assert.deepEqual(found("a[^0-9].*"), ["a].csv"]);
    assert.deepEqual(found("\\a\\{1}.*"), ["a{1}.csv"]);
  }));

Deno.test("walkGlob() skips hidden names, and links that lead back", () =>
  inFolder((folder) => {
    for (const name of ["a.csv", ".b.csv", "_c.csv", "_d/a.csv"]) put(join(folder, name), "");
    Deno.symlinkSync(folder, join(folder, "circle"));
    assert.deepEqual(matches(join(folder, "**/*.csv")).files, ["a.csv"]);
  }));
