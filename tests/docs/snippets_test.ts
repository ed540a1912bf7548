/**
 * Runs every command and snippet of README and docs in a copy of the project, and compares what they
 * print with what is shown. Commands that need more than Deno are run by other tests: see ELSEWHERE.
 *
 * @module
 */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import pl from "nodejs-polars";
import { inFolder, put, readHour, ROOT } from "../helpers/support.ts";

/** Commands that other tests or CI itself run, and who does. */
const ELSEWHERE: readonly [command: RegExp, where: string][] = [
  [/^docker /, "tests/container runs them with podman"],
  [/^deploy\/slurm /, "tests/cluster runs it on a Slurm of its own"],
  [/^kubectl /, "it needs a cluster; tests/cluster runs what its pods run"],
  [/^(npx -y deno@[\d.]+|deno) task test\b/, ".ci/run; it would run itself"],
  [/^deno task (bench|scale|profile|history|notebook|container|cluster)\b/, ".ci/run, and bench/"],
  [/^deno jupyter --install/, "tests/notebook; it changes the user's Jupyter"],
  [/^\/usr\/bin\/time /, "it asks for a package and the user's own telemetry"],
  [/^perf /, "it asks for a package and the user's own telemetry"],
  [/^git worktree /, "it needs a repository with a history"],
];

/** A fenced block of a page. */
interface Block {
  page: string;
  line: number;
  language: string;
  text: string;
}

function blocksOf(page: string): Block[] {
  const text = Deno.readTextFileSync(join(ROOT, page));
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split("\n").length,
    language: match[1]!,
    text: match[2]!,
  }));
}

const pages = ["README.md", ...globSync("docs/*.md", { cwd: ROOT }).sort()];
const blocks = pages.flatMap(blocksOf);
const PARTS = ["solution.ts", "deno.json", "deno.lock", "lib", "tools", "data", "deploy"];

/** Makes a copy of the project, and commands to run it with. */
async function clone(folder: string): Promise<void> {
  const copied = await shell(ROOT, `cp -r ${PARTS.join(" ")} '${folder}'`, folder);
  assert.equal(copied.code, 0, copied.text);
  put(join(folder, "bin", "deno"), `#!/bin/sh\nexec '${Deno.execPath()}' "$@"\n`);
  put(join(folder, "bin", "npx"), `#!/bin/sh\nshift 2\nexec '${Deno.execPath()}' "$@"\n`);
  for (const name of ["deno", "npx"]) Deno.chmodSync(join(folder, "bin", name), 0o755);
}

async function shell(
  cwd: string,
  script: string,
  root: string,
): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-euc", `exec 2>&1\n${script}`],
    cwd,
    env: {
      PATH: `${join(root, "bin")}:${Deno.env.get("PATH")}`,
      DENO_INSTALL_ROOT: root,
      NO_COLOR: "1",
    },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, text: decoder.decode(stdout) + decoder.decode(stderr) };
}

/** The commands of a block, with lines that are continued joined and comments dropped. */
function commandsOf(text: string): string[] {
  return text.replaceAll("\\\n", " ").split("\n").map((line) => line.replace(/\s+# .*$/, ""))
    .filter((line) => line.trim() !== "" && !line.startsWith("#"));
}

/** Whether a text is what is shown, where `…` stands for anything. */
function matches(shown: string, text: string): boolean {
  const parts = shown.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("[^]*?")}$`).test(text);
}

for (const page of pages) {
  Deno.test(`${page}: every command runs, and prints what is shown`, () =>
    inFolder(async (folder) => {
      await clone(folder);
      for (const { language, text, line } of blocks.filter((block) => block.page === page)) {
        // The only JSON is limits for the report, which a command names.
        if (language === "json") put(join(folder, "limits.json"), text);
        else if (language === "sh") {
          for (const command of commandsOf(text)) {
            if (ELSEWHERE.some(([pattern]) => pattern.test(command))) continue;
            const { code, text } = await shell(folder, command, folder);
            assert.equal(code, 0, `${page}:${line}: ${command}\n${text}`);
          }
        } else if (language === "console") {
          for (const [, command, shown] of text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
            const { text } = await shell(folder, command!, folder);
            assert.ok(matches(shown!, text), `${page}:${line}: ${command}\nprinted\n${text}`);
          }
        }
      }
    }));
}

Deno.test("every other command of README and docs is run elsewhere", () => {
  const commands = blocks.filter(({ language }) => language === "sh")
    .flatMap(({ text }) => commandsOf(text));
  for (const [pattern, where] of ELSEWHERE) {
    assert.ok(commands.some((command) => pattern.test(command)), `${pattern} (${where}) is unused`);
  }
});

Deno.test("the SQL, pandas, Polars and Spark of README and docs read hour files and nothing else", () =>
  inFolder(async (folder) => {
    await clone(folder);
    // A file that is imported leaves more in _etl/ than others.
    put(
      join(folder, "data", "june.csv"),
      "timestamp,payload_type,value,tags\n" +
        `2024-07-01T01:00:00Z,module_voltage,52,"[[""phase"",""1""],[""module"",""1""]]"\n`,
    );
    assert.equal((await shell(folder, "deno task etl --report", folder)).code, 0);
    put(
      join(folder, "wide.csv"),
      "timestamp,phase,module,volts,amps\n2024-07-01T01:00:00Z,1,2,52.5,-3\n",
    );
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    for (const { language, text, page, line } of blocks) {
      const where = `${page}:${line}`;
      const paths = [...text.matchAll(/["'](output\/[^"']*)["']/g)].map(([, path]) => path!);
      if (language === "sql") {
        for (const statement of text.split(/;\s*$/m).filter((part) => part.trim() !== "")) {
          const query = statement.replaceAll(/'(?=output\/|wide\.)/g, `'${folder}/`);
          const rows = await (await connection.runAndReadAll(query)).getRows();
          assert.ok(rows.length > 0, `${where}: ${statement}`);
        }
      }
      if (language !== "sql" && language !== "python") continue;
      for (const path of paths.filter((path) => path.endsWith(".parquet"))) {
        const found = globSync(path, { cwd: folder });
        assert.ok(found.length > 0, `${where}: ${path} matches nothing`);
        const hour = /^output\/[\w%-]+\/\d{4}\/\d\d\/\d\d\/\d\d\.parquet$/;
        assert.deepEqual(found.filter((name) => !hour.test(name)), [], `${where}: ${path}`);
      }
      // Pandas, pyarrow and Polars for Python are not to be had here: Polars for Node has their engine.
      const [, glob] = /pl\.scan_parquet\("([^"]+)"/.exec(text) ?? [];
      if (glob !== undefined) {
        const frame = await pl.scanParquet(join(folder, glob)).collect();
        assert.ok(frame.height > 0, where);
      }
    }
    connection.closeSync();
    const hours = "deno run -A solution.ts --input wide.parquet --output wide --quiet";
    assert.deepEqual(await shell(folder, hours, folder), { code: 0, text: "" });
    const table = await readHour(join(folder, "wide", "1_2", "2024", "07", "01", "01.parquet"));
    assert.deepEqual(["volts", "amps"].map((name) => table.get(name)![0]), [52.5, -3]);
  }));
