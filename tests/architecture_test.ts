import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { ROOT } from "./helpers/support.ts";

/** What each folder of lib/ may import, besides errors.ts and version.ts. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  parquet: [],
  telemetry: ["parquet"],
  hours: ["telemetry", "parquet"],
  battery: ["hours", "telemetry", "parquet"],
  store: ["hours", "telemetry"],
  report: ["battery", "store", "hours", "telemetry"],
  run: ["battery", "store", "hours", "telemetry", "parquet"],
  cli: ["run", "battery", "store", "hours", "telemetry"],
};

const MOST_LINES = 330;

interface Import {
  /** The file that imports, relative to the project. */
  from: string;
  /** The file that is imported. */
  to: string;
  /** Whether it is `import()`, which is only loaded when it is reached. */
  isDynamic: boolean;
}

/** The relative imports and exports of a text, of types too. */
function importsOf(from: string, text: string): Import[] {
  const code = text.replace(/^ *(\*|\/\/|\/\*).*$/gm, "");
  const found = code.matchAll(/(\bfrom|\bimport\(|^import)\s*"(\.[^"]+\.ts)"/gm);
  return [...found].map(([, keyword, path]) => ({
    from,
    to: normalize(join(dirname(from), path!)),
    isDynamic: keyword === "import(",
  }));
}

/** The folder of lib/ that a file belongs to; empty for lib/errors.ts and what is elsewhere. */
function folderOf(path: string): string {
  return /^lib\/([^/]+)\//.exec(path)?.[1] ?? "";
}

function wrongArrows(imports: readonly Import[]): string[] {
  return imports.filter(({ from, to, isDynamic }) => {
    const [source, target] = [folderOf(from), folderOf(to)];
    if (target === "" || source === target) return false;
    if (source === "run" && target === "report") return !isDynamic;
    return !MAY_IMPORT[source]!.includes(target);
  }).map(({ from, to }) => `${from} imports ${to}`);
}

/** Imports of a file inside a folder, by somebody who may only use the folder's mod.ts. */
function pastModTs(imports: readonly Import[]): string[] {
  return imports.filter(({ from, to }) => {
    const target = folderOf(to);
    const isInside = folderOf(from) === target || from.startsWith(`tests/${target}/`);
    return target !== "" && !isInside && !to.endsWith("/mod.ts");
  }).map(({ from, to }) => `${from} imports ${to}`);
}

/** A circle of imports that leads back to its first file; null if there is none. */
function circleIn(imports: readonly Import[]): string[] | null {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const [done, path] = [new Set<string>(), [] as string[]];
  const visit = (file: string): string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const { to } of targets.get(file) ?? []) {
      const circle = visit(to);
      if (circle !== null) return circle;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of targets.keys()) {
    const circle = visit(file);
    if (circle !== null) return circle;
  }
  return null;
}

function read(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

/** The code of a notebook's cells. */
function readNotebook(path: string): string {
  const cells: { cell_type: string; source: string[] }[] = JSON.parse(read(path)).cells;
  return cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => source.join("")).join("\n");
}

const lib = globSync("lib/**/*.ts", { cwd: ROOT });
const libImports = lib.flatMap((path) => importsOf(path, read(path)));

Deno.test("lib/ holds folders with a mod.ts, errors.ts and version.ts, and nothing else", () => {
  const flat = lib.filter((path) => folderOf(path) === "").sort();
  assert.deepEqual(flat, ["lib/errors.ts", "lib/version.ts"]);
  const folders = [...new Set(lib.map(folderOf))].filter((name) => name !== "").sort();
  assert.deepEqual(folders, Object.keys(MAY_IMPORT).sort());
  for (const folder of folders) assert.ok(lib.includes(`lib/${folder}/mod.ts`), folder);
  const vague = lib.filter((path) => /\b(types|utils?|common|helpers?)(\.ts|\/)/.test(path));
  assert.deepEqual(vague, []);
});

Deno.test("folders of lib/ import only what the layout allows", () => {
  assert.deepEqual(wrongArrows(libImports), []);
});

Deno.test("other folders, tools, tests and the notebook import only the mod.ts of a folder", () => {
  const others = globSync("{solution.ts,{tests,tools,bench,deploy}/**/*.ts}", { cwd: ROOT })
    .flatMap((path) => importsOf(path, read(path)));
  const notebook = importsOf("etl.ipynb", readNotebook("etl.ipynb"));
  assert.deepEqual(pastModTs([...libImports, ...others, ...notebook]), []);
});

Deno.test("imports of lib/ run in no circle, not even those of types", () => {
  assert.equal(circleIn(libImports), null);
});

Deno.test(`no file of lib/ has more than ${MOST_LINES} lines`, () => {
  const long = [...lib, "solution.ts"].map((path) => [path, read(path).split("\n").length - 1])
    .filter(([, lines]) => Number(lines) > MOST_LINES);
  assert.deepEqual(long, []);
});

Deno.test("the checks of the architecture find what is wrong", () => {
  const at = (from: string, text: string) => importsOf(from, text);
  const up = at("lib/hours/grid.ts", 'import type { Options } from "../run/mod.ts";');
  assert.deepEqual(wrongArrows(up), ["lib/hours/grid.ts imports lib/run/mod.ts"]);
  const early = at("lib/run/run.ts", 'import { renderReport } from "../report/mod.ts";');
  assert.equal(wrongArrows(early).length, 1);
  const late = at("lib/run/run.ts", 'const { renderReport } = await import("../report/mod.ts");');
  assert.equal(wrongArrows(late).length, 0);
  const inside = at("tests/run/day_test.ts", 'import { DAY } from "../../lib/telemetry/time.ts";');
  assert.equal(pastModTs(inside).length, 1);
  const own = at("tests/run/day_test.ts", 'import { buildDay } from "../../lib/run/day.ts";');
  assert.equal(pastModTs(own).length, 0);
  const circle = [
    ...at("lib/run/a.ts", 'export {\n  type A,\n} from "./b.ts";'),
    ...at("lib/run/b.ts", 'import type { B } from "./a.ts";'),
  ];
  assert.deepEqual(circleIn(circle), ["lib/run/a.ts", "lib/run/b.ts", "lib/run/a.ts"]);
});
