import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { exists, inFolder, put } from "../helpers/support.ts";
import { check } from "./cells.ts";
import { changedPath, diff, execute } from "./execute.ts";
import { startKernel } from "./kernel.ts";
import { type Cell, type Output, parse, print, text } from "./notebook.ts";

const FIXTURE = join(import.meta.dirname!, "fixture.ipynb");

/** A notebook of some code cells, which are called a, b, c. */
function notebookOf(...sources: string[]): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: String.fromCharCode(97 + i),
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

/** Runs a notebook of some code cells, and gives what is wrong and what is in its folder then. */
async function problemsOf(...sources: string[]): Promise<{ problems: string; files: string[] }> {
  let found = { problems: "", files: [] as string[] };
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    put(path, notebookOf(...sources));
    const problems = (await execute(path, { write: true })).join("\n");
    found = { problems, files: [...Deno.readDirSync(folder)].map(({ name }) => name).sort() };
  });
  return found;
}

/** What an output shows. */
function shown(output: Output): string {
  if (output.output_type === "stream") return text(output.text);
  if (output.output_type === "error") return output.evalue;
  return text(output.data["text/plain"]);
}

Deno.test("a kernel shows what is stored: texts, results, pictures, tables, what comes late", async () => {
  assert.deepEqual(await execute(FIXTURE), []);
  assert.ok(!exists(changedPath(FIXTURE)));
});

Deno.test("nothing is lost or out of order, however late it leaves the kernel", async () => {
  const kernel = await startKernel(".");
  try {
    // `idle` comes before some output of half of these.
    for (let i = 0; i < 200; i++) {
      const { outputs } = await kernel.run(
        `console.log("a${i}"); await Deno.jupyter.display({ "text/plain": "b${i}" }, { raw: true });
         void Deno.jupyter.display({ "text/plain": "c${i}" }, { raw: true }); ${i}`,
      );
      assert.deepEqual(outputs.map(shown), [`a${i}\n`, `b${i}`, `c${i}`, String(i)]);
    }
  } finally {
    await kernel.close();
  }
});

Deno.test("an output larger than the network holds comes through", async () => {
  const kernel = await startKernel(".");
  try {
    const { outputs } = await kernel.run(
      'for (let i = 0; i < 40; i++) console.log("x".repeat(1_000_000))',
    );
    assert.equal(outputs.map(shown).join("").length, 40 * 1_000_001);
  } finally {
    await kernel.close();
  }
});

Deno.test("a stored output that differs or is missing is named, and --write puts it right", () =>
  inFolder(async (folder) => {
    const path = join(folder, "fixture.ipynb");
    const code = ["const volts = 52;\nvolts + 1", 'console.log("a\\nb\\nc")'];
    put(path, notebookOf(...code));
    const unwritten = (await execute(path)).join("\n");
    assert.match(unwritten, /cell 1 \(a\) is not as stored/);
    assert.match(unwritten, /cell 2 \(b\) is not as stored/);
    assert.deepEqual(await execute(path, { write: true }), []);
    const written = Deno.readTextFileSync(path);
    assert.deepEqual(await execute(path), []);

    put(path, written.replace('"b\\n"', '"B\\n"'));
    const [problem, ...others] = await execute(path);
    assert.deepEqual(others, []);
    assert.equal(problem, 'cell 2 (b) is not as stored: outputs:\n-   "B\\n",\n+   "b\\n",');
    assert.equal(Deno.readTextFileSync(changedPath(path)), written);

    const without = parse(path, written);
    without.cells[0]!.outputs = [];
    put(path, print(without));
    assert.match((await execute(path)).join("\n"), /^cell 1 \(a\)[^]*\+ +"53"[^]*$/);
    put(path, written.replace("volts + 1;", "volts + 1"));
    assert.match((await execute(path)).join("\n"), /^cell 1 \(a\)[^]*\+ +"volts \+ 1;"$/);
    put(path, written.replace('"version": "', '"version": "0'));
    const metadata = /^the notebook is not as stored: metadata:\n- +"version": "0.*\n\+ +"version"/;
    assert.match((await execute(path)).join("\n"), metadata);
    put(path, JSON.stringify(JSON.parse(written)));
    assert.match((await execute(path)).join("\n"), /^the notebook is not laid out/);
    assert.deepEqual(await execute(path, { write: true }), []);
    assert.equal(Deno.readTextFileSync(path), written);
    assert.ok(!exists(changedPath(path)), "it is left beside a notebook that is right");
  }));

Deno.test("a cell that throws ends the run, and nothing is stored", async () => {
  const { problems, files } = await problemsOf("1", 'throw new RangeError("flat")', "3");
  assert.equal(problems, "cell 2 (b) fails: RangeError: flat");
  assert.deepEqual(files, ["a-changed.ipynb", "a.ipynb"]);
});

Deno.test("a kernel that ends is named, with the cell", () =>
  assert.rejects(
    problemsOf("1", "Deno.exit(3)"),
    /cell 2 \(b\): the kernel ended before the cell did/,
  ));

Deno.test("an output that is taken back is refused", () =>
  assert.rejects(
    problemsOf('await Deno.jupyter.broadcast("clear_output", { wait: false })'),
    /cell 1 \(a\): a cell sends clear_output/,
  ));

Deno.test("types hold across cells; what is wrong is named by cell and line", async () => {
  const { problems, files } = await problemsOf("const a = 1", "\n\nconst b: string = a;", "b");
  assert.match(problems, /TS2322[^]*cell 2 \(b\), line 1/); // the empty lines are formatted away
  assert.deepEqual(files, ["a.ipynb"]);
});

Deno.test("a name that two cells declare is named", async () => {
  for (const twice of ["import { join } from 'node:path'", "const join = 2"]) {
    const { problems } = await problemsOf("import { join } from 'node:path'", twice);
    assert.match(problems, /cell 1 \(a\), line 1/);
    assert.match(problems, /Cells share names: declare or import each once/);
  }
});

Deno.test("cells that don't end with a semicolon are not taken for one expression", async () => {
  const code = (id: string, source: string): Cell => ({
    ...{ cell_type: "code", id, metadata: {} },
    source: [source],
  });
  const cells = [code("a", "const a = 1"), code("b", "[2, 3].map(String)"), code("c", "(a)")];
  const notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  await inFolder(async (folder) => {
    assert.equal(await check(join(folder, "a.ipynb"), notebook), undefined);
  });
});

Deno.test("code that can't be read is named by cell and line", async () => {
  const { problems } = await problemsOf("1", "2;\nconst = 1");
  assert.match(problems, /cell 2 \(b\), line 2/);
});

Deno.test("paths of this machine are refused, whatever shows them", async () => {
  const cells = [
    "Deno.cwd()",
    'await Deno.jupyter.display({ "text/html": `a<br>${Deno.env.get("HOME")}/b` }, { raw: true })',
    'console.log("ok\\n\\t/tmp")',
    'console.log("tmp /tmpl a/tmp")',
  ];
  const { problems } = await problemsOf(...cells);
  assert.match(problems, /cell 1 \(a\) shows a path of this machine/);
  assert.match(problems, /cell 2 \(b\) shows a path of this machine/);
  assert.match(problems, /cell 3 \(c\) shows a path of this machine/);
  assert.doesNotMatch(problems, /cell 4/);
});

Deno.test("a value that is set is run with, and nothing is stored", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    const declared = 'const input: string = "data"; // or yours\nlet depth = 1;';
    put(path, notebookOf("'const input = 1;'", declared, "input + depth"));
    assert.deepEqual(await execute(path, { write: true }), []);
    const written = Deno.readTextFileSync(path);

    const set = new Map([["input", '/tmp/"$&'], ["depth", ""]]);
    assert.deepEqual(await execute(path, { set }), []);
    assert.equal(Deno.readTextFileSync(path), written);
    const [, second, third] = parse(path, Deno.readTextFileSync(changedPath(path))).cells;
    const expected = 'const input: string = "/tmp/\\"$&";\nlet depth = "";';
    assert.equal(text(second!.source), expected);
    assert.deepEqual(third!.outputs!.map(shown), [`'/tmp/"$&'`]);

    const unknown = execute(path, { set: new Map([["inp", "a"]]) });
    await assert.rejects(unknown, /--set: no cell has a line "const inp = …;"/);
  }));

Deno.test("a long difference is cut", () => {
  const many = Array.from({ length: 20 }, (_, i) => `line ${i} ${"x".repeat(999)}`).join("\n");
  const cut = diff("a\nb", `a\n${many}\nb`).split("\n");
  assert.equal(cut.length, 9);
  assert.equal(cut.at(-1), "+ … 12 more lines");
  assert.ok(cut.every((line) => line.length < 200));
  assert.equal(diff(many, many), "");
});

Deno.test("the command says what is wrong, and its status does", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    put(path, notebookOf("1"));
    const run = async (...args: string[]) => {
      const script = join(dirname(FIXTURE), "execute.ts");
      const { code, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", script, ...args],
        stdout: "null",
        stderr: "piped",
      }).output();
      return { code, said: new TextDecoder().decode(stderr) };
    };
    const differing = await run(path);
    assert.equal(differing.code, 1);
    assert.match(differing.said, /cell 1 \(a\) is not as stored/);
    assert.match(differing.said, /a-changed\.ipynb; if that is right, --write stores it/);
    assert.deepEqual(await run("--write", path), { code: 0, said: "" });
    assert.deepEqual(await run(path), { code: 0, said: "" });
    assert.match((await run()).said, /give the notebooks to run/);
    put(join(folder, "a.txt"), "kept");
    assert.match((await run(join(folder, "a.txt"))).said, /a\.txt: give a notebook/);
    assert.ok(exists(join(folder, "a.txt")));
    assert.match((await run("--set", "a", path)).said, /--set a: give it as name=value/);
    assert.match((await run("--set", "a=1", "--write", path)).said, /can't be stored by --write/);
  }));

Deno.test("where there is no Jupyter, the task says what to install", () =>
  inFolder(async (folder) => {
    const script = join(dirname(FIXTURE), "open.ts");
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, "etl.ipynb"],
      env: { PATH: folder },
      stdout: "null",
      stderr: "piped",
    }).output();
    assert.equal(code, 1);
    const said = new TextDecoder().decode(stderr);
    assert.match(said, /pip install jupyterlab.*jupyter-notebook.*deno jupyter --install/);
  }));
