import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { readReal } from "../helpers/real.ts";
import { cli, exists, inFolder, readHour, ROOT } from "../helpers/support.ts";

const README = Deno.readTextFileSync(join(ROOT, "README.md"));
const docs = [...Deno.readDirSync(join(ROOT, "docs"))].map(({ name }) => name)
  .filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "etl.ipynb", ...docs];

/** The flags of --help as rows of a table: usage, meaning, default. */
function flagsIn(help: string): string[][] {
  const entries = help.replace(/\n {10,}/g, " ").matchAll(/^ {2}(-.*?) {2,}(.*)$/gm);
  return [...entries].map(([, usage, text]) => {
    const [, meaning, fallback] = /^(.*?)(?: \(default: (.*)\))?$/.exec(text!)!;
    return [`\`${usage}\``, meaning!, fallback === undefined ? "" : `\`${fallback}\``];
  });
}

Deno.test("the README's flags are those of --help, word by word", async () => {
  const { stdout: help } = await cli("--help");
  const flags = flagsIn(help);
  assert.ok(flags.length >= 21);
  const rows = README.split("\n").filter((line) => /^\| `-/.test(line))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assert.deepEqual(rows, flags);
});

Deno.test("the rows that the README shows are in the sample and in its hour files", () =>
  inFolder(async (folder) => {
    const [, shown] = /```text\n(data[\s\S]*?)```/.exec(README)!;
    const [input, output] = shown!.split("\noutput/") as [string, string];
    const rows = await readReal(join(ROOT, input.split("\n")[0]!));
    for (const line of input.split("\n").slice(2, -1)) {
      const [time, payload, value] = line.split(/\s+/);
      const tags = line.slice(line.indexOf("[[")).replace(/[^[\], ]+/g, '"$&"');
      const wanted = { time: Number(time), payload, value, tags: JSON.parse(tags) };
      assert.ok(rows.some((row) => JSON.stringify(row) === JSON.stringify(wanted)), line);
    }
    await cli("--input", join(ROOT, "data"), "--output", folder, "--quiet", "--to", "2024-07-01");
    const [name, , ...lines] = output.split("\n");
    const table = await readHour(join(folder, name!));
    for (const line of lines.filter((line) => /^\d/.test(line))) {
      const [day, clock, ...cells] = line.split(/\s+/);
      const at = table.get("timestamp")!.indexOf(Date.parse(`${day}T${clock}Z`) * 1000);
      const names = ["phase", "module", "module_voltage", "system_state"];
      assert.deepEqual(names.map((name) => String(table.get(name)![at])), cells);
    }
  }));

Deno.test("the README has at most 150 lines, and links to every page", () => {
  assert.ok(README.trimEnd().split("\n").length <= 150);
  for (const page of docs) assert.ok(README.includes(`](${page}`), page);
});

/** What links may point to in a page: its headings, as GitHub writes them. */
function anchorsOf(path: string): Set<string> {
  const headings = Deno.readTextFileSync(path).matchAll(/^#+ (.*)$/gm);
  const slug = (text: string) =>
    text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
  return new Set([...headings].map(([, text]) => slug(text!)));
}

Deno.test("every task and file that a page names exists", () => {
  for (const page of pages) {
    const text = Deno.readTextFileSync(join(ROOT, page));
    for (const [, task] of text.matchAll(/(?:deno|deno@[\d.]+) task ([a-z]+)/g)) {
      assert.ok(Object.hasOwn(config.tasks, task!), `${page}: deno task ${task}`);
    }
    for (const [, target, anchor] of text.matchAll(/\]\((?!http)([^)#]*)(?:#([^)]+))?\)/g)) {
      const path = target === "" ? join(ROOT, page) : join(ROOT, dirname(page), target!);
      assert.ok(exists(path), `${page}: ${target}`);
      if (anchor !== undefined) assert.ok(anchorsOf(path).has(anchor), `${page}: #${anchor}`);
    }
  }
});

Deno.test("CONTRIBUTING.md follows a row through functions that lib/ exports", () => {
  const contributing = Deno.readTextFileSync(join(ROOT, "CONTRIBUTING.md"));
  const [, example] = /### What happens to one row([\s\S]*?)\n## /.exec(contributing)!;
  const names = [...example!.matchAll(/`([A-Za-z]+)`/g)].map(([, name]) => name!)
    .filter((name) => /[A-Z]/.test(name) || name === "main" || name === "aggregate");
  const code = globSync("lib/**/*.ts", { cwd: ROOT })
    .map((path) => Deno.readTextFileSync(join(ROOT, path))).join("\n");
  const isExported = (name: string) =>
    new RegExp(`^export (async )?(function|class|interface) ${name}\\b`, "m").test(code);
  assert.ok(names.length > 20, `${names}`);
  assert.deepEqual(names.filter((name) => !isExported(name)), []);
});

Deno.test("CONTRIBUTING.md names the folders of lib/, and no others", () => {
  const folders = [...Deno.readDirSync(join(ROOT, "lib"))].filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => name).sort();
  const contributing = Deno.readTextFileSync(join(ROOT, "CONTRIBUTING.md"));
  const [, tree] = /## The way through the code([\s\S]*?)\n## /.exec(contributing)!;
  const named = [...tree!.matchAll(/^ +([a-z]+)\/ /gm)].map(([, name]) => name!).sort();
  assert.deepEqual(named, folders);
});
