import assert from "node:assert/strict";
import { join } from "node:path";
import { checkOutput, findInputs, refuseEmpty } from "../../lib/store/inputs.ts";
import { UsageError } from "../../lib/errors.ts";
import { fakeHour, inFolder, put } from "../helpers/support.ts";

const names = (input: string) => findInputs(input).files.map(({ name }) => name);

Deno.test("findInputs() finds files at every depth, except hidden ones", () =>
  inFolder((folder) => {
    const wanted = ["a.parquet", "b/c/d.csv", "b/e.csv.gz", "spark.parquet/part-0.parquet"];
    const others = [".a.parquet", "_b.csv", "_etl/c.parquet", ".d/e.parquet", "f.txt", "g.gz"];
    for (const name of [...wanted, ...others]) put(join(folder, name), "x");
    assert.deepEqual(names(folder), wanted);
    assert.deepEqual(names(join(folder, "b/e.csv.gz")), ["e.csv.gz"]);
    assert.deepEqual(names(join(folder, "b/*.csv.gz")), ["e.csv.gz"]);
    assert.deepEqual(names(join(folder, "**/*.{csv,parquet}")), [wanted[0], wanted[1], wanted[3]]);
    const { files: [first], otherFiles } = findInputs(folder);
    assert.deepEqual(otherFiles, { ".txt": 1, ".gz": 1 });
    assert.deepEqual([first!.size, first!.failure], [1, undefined]);
  }));

Deno.test("findInputs() follows links, but not in circles, and names broken ones", () =>
  inFolder((folder) => {
    put(join(folder, "in", "a.parquet"), "x");
    put(join(folder, "other", "b.parquet"), "x");
    Deno.symlinkSync(join(folder, "other"), join(folder, "in", "other"));
    Deno.symlinkSync(join(folder, "in"), join(folder, "in", "circle"));
    Deno.symlinkSync(join(folder, "nowhere"), join(folder, "in", "c.parquet"));
    const found = findInputs(join(folder, "in")).files;
    assert.deepEqual(found.map(({ name }) => name), ["a.parquet", "c.parquet", "other/b.parquet"]);
    assert.equal(found[1]!.failure, "is gone, or a link to nowhere");
  }));

Deno.test("findInputs() and refuseEmpty() throw UsageError if there is nothing to read", () =>
  inFolder((folder) => {
    put(join(folder, "a.txt"), "x");
    Deno.mkdirSync(join(folder, "empty"));
    put(join(folder, "zips", "a.zip"), "x");
    put(join(folder, "book.xlsx"), "x");
    const cases: [string, RegExp][] = [
      [join(folder, "missing"), /--input .*missing does not exist/],
      [join(folder, "empty"), /--input .*empty holds no day file \(.parquet, .csv or .jsonl\)$/],
      [join(folder, "*.parquet"), /holds no day file/],
      [join(folder, "a.txt"), /a.txt is not a day file/],
      [
        folder,
        /holds no day file .*, only files of other kinds: .txt, .xlsx \(save the sheet as CSV\), .zip \(unpack/,
      ],
      [join(folder, "zips"), /only files of other kinds: .zip \(unpack it first\)$/],
      [join(folder, "book.xlsx"), /book.xlsx is not a .*: .xlsx \(save the sheet as CSV\)$/],
      ["~/data", /~\/data does not exist: a shell replaces ~ only outside quotes$/],
      ["D:\\data\\july", /D:.* does not exist: it is a Windows path, .* \/mnt\/d\/data\/july$/],
    ];
    for (const [input, message] of cases) {
      const matches = (error: unknown) =>
        error instanceof UsageError && message.test(error.message);
      assert.throws(() => refuseEmpty([input], findInputs(input)), matches);
    }
  }));

Deno.test("checkOutput() refuses an output that overlaps an input", () =>
  inFolder((folder) => {
    put(join(folder, "in", "day", "a.parquet"), "x");
    Deno.symlinkSync(join(folder, "in"), join(folder, "link"));
    const [input, file] = [join(folder, "in"), join(folder, "in", "day", "a.parquet")];
    const refused = [
      [input, input],
      [input, join(input, "new", "out")],
      [input, folder],
      [input, join(folder, "link")],
      [input, join(folder, "link", "out")],
      [join(input, "**/*.parquet"), join(input, "out")],
      [file, join(folder, "in", "day")],
      [`${folder}/other/../in/`, input],
    ];
    for (const [input, output] of refused) {
      assert.throws(
        () => checkOutput([input!], output!),
        /is, holds or lies in/,
      );
    }
    assert.throws(() => checkOutput([input], file), /a.parquet is not a folder/);
    checkOutput([input], join(folder, "input"));
    checkOutput([input], join(folder, "out"));
  }));

Deno.test("findInputs() names the files of several inputs relative to their common folder", () =>
  inFolder((folder) => {
    for (const name of ["x/1/a.csv", "x/1/b.csv", "y/1/a.csv", "y/c.md"]) {
      put(join(folder, name), "x");
    }
    const several = (...inputs: string[]) =>
      findInputs(...inputs.map((input) => join(folder, input))).files.map(({ name }) => name);
    assert.deepEqual(several("x", "y"), ["x/1/a.csv", "x/1/b.csv", "y/1/a.csv"]);
    assert.deepEqual(several("x/1/a.csv", "x/1/b.csv"), several("x/1/*.csv"));
    assert.deepEqual(several("x", "x/1/a.csv", "x/*/a.csv"), ["1/a.csv", "1/b.csv"]);
    assert.deepEqual(several("x/1/a.csv", "y/c.md"), ["x/1/a.csv"]);
  }));

Deno.test("findInputs() refuses a folder that a run wrote", () =>
  inFolder((folder) => {
    put(join(folder, "1_1", "2024", "07", "01", "00.parquet"), fakeHour());
    put(join(folder, "raw", "a.csv"), "x");
    Deno.mkdirSync(join(folder, "_etl", "days"), { recursive: true });
    assert.throws(
      () => findInputs(folder),
      /did you swap --input and --output\?.* --input ".*\*"$/,
    );
    assert.deepEqual(names(join(folder, "**", "*")), ["raw/a.csv"], "the way out");
  }));

Deno.test("findInputs() counts hour files among the files of other kinds", () =>
  inFolder((folder) => {
    for (const name of ["1_1/2024/07/01/00.parquet", "1_1/2024/07/01/23.parquet", "00.parquet"]) {
      put(join(folder, name), fakeHour());
    }
    put(join(folder, "1_1/2024/07/02/00.parquet"), fakeHour("another tool"));
    const { files, otherFiles } = findInputs(folder);
    assert.deepEqual(files.map(({ name }) => name), ["00.parquet", "1_1/2024/07/02/00.parquet"]);
    assert.deepEqual(otherFiles, { "hour files": 2 });
    for (const input of ["1_1/2024/07/01", "1_1/2024/07/01/00.parquet"]) {
      const path = join(folder, input);
      assert.throws(
        () => refuseEmpty([path], findInputs(path)),
        /(holds no|is not a) day file .*: hour files \(a run made them from day files\)$/,
      );
    }
    put(join(folder, "1_1/2024/07/01/23.parquet"), fakeHour("another tool"));
    put(join(folder, "1_1/2024/07/02/00.parquet"), fakeHour());
    assert.deepEqual(
      findInputs(folder).files.map(({ name }) => name),
      ["00.parquet", "1_1/2024/07/01/23.parquet"],
      "files that have changed since they were found",
    );
  }));
