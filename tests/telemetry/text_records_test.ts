import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { RejectedRow } from "../../lib/telemetry/malformed.ts";
import { readText } from "../../lib/telemetry/text_records.ts";
import { inFolder, put } from "../helpers/support.ts";

/** The rows of a text file: the line of each, and its fields. */
async function read(path: string, content: string | Uint8Array) {
  const [rows, rejected]: [(readonly [number, ...unknown[]])[], RejectedRow[]] = [[], []];
  put(path, content);
  for await (const segment of readText(path, (row) => rejected.push(row))) {
    const { timestamp, payload, value, tags } = segment;
    for (let row = 0; row < segment.rows; row++) {
      const fields = [timestamp, payload, value, tags].map(({ codes, textOf }) =>
        textOf(codes[row]!)
      );
      rows.push([segment.lines![row]!, ...fields]);
    }
  }
  return { rows, rejected: rejected.map(({ line, reason, text }) => ({ line, reason, text })) };
}

const HEAD = "timestamp,payload_type,value,tags";
const TAGS = '"[[""phase"",""1""],[""module"",""1""]]"';

Deno.test("readText() finds quoted separators, quotes and newlines, and counts lines", () =>
  inFolder(async (folder) => {
    const text = `value,note,tags,payload_type,timestamp
"a ""b"", c","x
y",${TAGS},v,1

"",,"",v,2
z,"x",[1],v,`;
    for (const newline of ["\n", "\r\n"]) {
      const found = await read(join(folder, "a.csv"), text.replaceAll("\n", newline));
      assert.deepEqual(found.rejected, []);
      assert.deepEqual(found.rows, [
        [2, "1", "v", 'a "b", c', '[["phase","1"],["module","1"]]'],
        [5, "2", "v", "", ""],
        [6, null, "v", "z", "[1]"],
      ]);
    }
  }));

Deno.test("readText() rejects a line that is not a record, with its number and text, and continues", () =>
  inFolder(async (folder) => {
    const lines = [
      HEAD,
      `1,v,1,${TAGS}`,
      `2,v,9,"[[""ph`,
      `3,v,1,${TAGS}`,
      "4,v",
      `5,v,1,${TAGS},more`,
      `6,v,"a"b,${TAGS}`,
      `7,v,1,${TAGS}`,
      `8,v,1,"[[""phase"",""1""],[""module`,
    ];
    const { rows, rejected } = await read(join(folder, "a.csv"), lines.join("\n"));
    assert.deepEqual(rows.map(([line, time]) => [line, time]), [[2, "1"], [4, "3"], [8, "7"]]);
    assert.deepEqual(rejected, [
      { line: 3, reason: "a line with an open quote", text: lines[2] },
      { line: 5, reason: "a line with too few fields", text: lines[4] },
      { line: 6, reason: "a line with too many fields", text: lines[5] },
      { line: 7, reason: "a line with text after a closing quote", text: lines[6] },
      { line: 9, reason: "a line with an open quote", text: lines[8] },
    ]);
  }));

Deno.test("readText() rejects lines that are not UTF-8, too long or not JSON objects", () =>
  inFolder(async (folder) => {
    const bytes = new TextEncoder().encode(`${HEAD}\n1,v,x,t\n2,v,1,t\n`);
    bytes[bytes.indexOf("x".charCodeAt(0))] = 0xff;
    const latin = await read(join(folder, "a.csv"), bytes);
    assert.deepEqual(latin.rows, [[3, "2", "v", "1", "t"]]);
    assert.deepEqual(latin.rejected, [
      { line: 2, reason: "a line that is not UTF-8", text: "1,v,\ufffd,t" },
    ]);
    const long = await read(join(folder, "b.csv"), `${HEAD}\n1,v,${"x".repeat(3e6)},t\n2,v,1,t`);
    assert.deepEqual(long.rows, [[3, "2", "v", "1", "t"]]);
    assert.equal(long.rejected[0]!.reason, "a line longer than 1 MB");
    const good =
      '{"timestamp": 1.50, "x": {"timestamp": [2, "}"]}, "tags": {"a": 1}, "value": "\\"\\n"}';
    const broken = ["{", "[1]", "x", '{"timestamp": 1', '{"timestamp" 1}', `${good}x`, '{"a": "b}'];
    const found = await read(join(folder, "a.jsonl"), [good, ...broken, "{}", good].join("\n"));
    const row = ["1.50", null, '"\n', '{"a": 1}'];
    assert.deepEqual(found.rows, [[1, ...row], [9, null, null, null, null], [10, ...row]]);
    assert.deepEqual(
      found.rejected,
      broken.map((text, i) => ({
        line: i + 2,
        reason: "a line that is not a JSON object",
        text,
      })),
    );
  }));

Deno.test("readText() skips the line in which Excel names the separator", () =>
  inFolder(async (folder) => {
    const text = "\ufeffsep=;\r\ntimestamp;payload_type;value;tags\r\n1;v;0,5;[]\r\nx\r\n";
    const { rows, rejected } = await read(join(folder, "a.csv"), text);
    assert.deepEqual(rows, [[3, "1", "v", "0,5", "[]"]]);
    assert.deepEqual(rejected, [{ line: 4, reason: "a line with too few fields", text: "x" }]);
    const alone = read(join(folder, "a.csv"), "sep=;");
    await assert.rejects(alone, /has no column 'timestamp'/);
  }));

Deno.test("readText() skips blank lines, also before the header", () =>
  inFolder(async (folder) => {
    const text = `\r\n\n${HEAD}\n\n1,v,x,t\n\n`;
    const { rows, rejected } = await read(join(folder, "a.csv"), text);
    assert.deepEqual([rows, rejected], [[[5, "1", "v", "x", "t"]], []]);
    for (const none of ["\n\n", `${"\n".repeat(1000)}${HEAD}`]) {
      await assert.rejects(read(join(folder, "a.csv"), none), /has no column 'timestamp'/);
    }
  }));

Deno.test("readText() rejects every line of a JSON array as such, however long", () =>
  inFolder(async (folder) => {
    const object = '{"timestamp":1,"payload_type":"v","value":1,"tags":[]}';
    const text = `[${Array(30_000).fill(object).join()}]`;
    for (const array of [text, `[\n${object},\n${object},\n]`]) {
      const { rows, rejected } = await read(join(folder, "a.jsonl"), array);
      assert.deepEqual([rows.length, rejected.length], [0, array.split("\n").length]);
      const reason = "a JSON array, where each line must be an object";
      assert.ok(rejected.every((row) => row.reason === reason));
    }
  }));

Deno.test("readText() rejects a record of more than 1 MB wherever it lies in the file", () =>
  inFolder(async (folder) => {
    const long = `1,v,${"x".repeat(1.2e6)},t`;
    for (const before of [0, 3e5, 6e5, 9e5]) {
      const text = `${HEAD}\n0,v,${"y".repeat(before)},t\n${long}\n2,v,1,t\n`;
      const { rows, rejected } = await read(join(folder, "a.csv"), text);
      assert.deepEqual(rows.map(([line]) => line), [2, 4], `${before}`);
      assert.equal(rejected[0]!.reason, "a line longer than 1 MB");
    }
  }));

const anyFile = fc.record({
  rows: fc.array(
    fc.record({
      value: fc.constantFrom("1", "53.85", '"0,5"', ' "0,5" ', '"a ""b"""', ""),
      note: fc.constantFrom("", "x", '"y, z"', '"say ""so"", twice"'),
    }),
    { minLength: 2, maxLength: 5 },
  ),
  newline: fc.constantFrom("\n", "\r\n"),
  mark: fc.constantFrom("", "\ufeff"),
  ends: fc.boolean(),
});

/** What may happen to a file at some place. */
const DAMAGE: Record<string, (text: string, at: number) => string> = {
  "the rest of the line is lost": (text, at) => text.slice(0, at) + text.slice(endOfLine(text, at)),
  "the file ends": (text, at) => text.slice(0, at),
  "a character is lost": (text, at) => text.slice(0, at) + text.slice(at + 1),
};

function endOfLine(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline < 0
    ? text.length
    : text[newline - 1] === "\r" && newline > at
    ? newline - 1
    : newline;
}

Deno.test("readText() loses no line if a file is damaged or cut at any place", () =>
  inFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(anyFile, async ({ rows, newline, mark, ends }) => {
        const lines = rows.map(({ value, note }, i) => `${100 + i},v,${value},${TAGS},${note}`);
        const head = `${mark}${HEAD},note`;
        const text = [head, ...lines].join(newline) + (ends ? newline : "");
        for (let at = head.length + newline.length; at < text.length; at++) {
          for (const [damage, apply] of Object.entries(DAMAGE)) {
            const damaged = apply(text, at);
            const found = await read(join(folder, "a.csv"), damaged);
            const all = damaged.slice(head.length).split(/\r?\n/).filter((line) => line !== "");
            const what = `${damage} at ${at} of ${JSON.stringify(text)}`;
            assert.equal(found.rows.length + found.rejected.length, all.length, what);
            // Lines that are whole still are rows, and lose no field.
            const whole = lines.filter((line) => all.includes(line)).map((line) =>
              line.slice(0, 3)
            );
            const times = found.rows.map(([, time]) => time);
            for (const time of whole) assert.ok(times.includes(time), what);
          }
        }
      }),
      { numRuns: 6 },
    );
  }));
