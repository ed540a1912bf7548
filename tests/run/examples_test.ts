import assert from "node:assert/strict";
import { join } from "node:path";
import type { RejectedExample } from "../../lib/run/summary.ts";
import { etl, inFolder, put } from "../helpers/support.ts";

const HEAD = "timestamp,payload_type,value,tags\n";
const TAGS = '"[[phase, 1], [module, 1]]"';

Deno.test("rejectedExamples() shows the first row of each reason, of this run only, cut if it is long", () =>
  inFolder(async (folder) => {
    const good = Array.from(
      { length: 9 },
      (_, i) => `2024-07-13T00:00:0${i},volts,5${i},${TAGS}\n`,
    );
    const bad = [
      `noon,volts,1,${TAGS}\n`,
      `${"😀".repeat(99)},volts,1,${TAGS}\n`,
      `2024-07-13T00:00:10,volts,"3,65",${TAGS}\n`,
      `2024-07-13T00:00:11,volts,"3,66",${TAGS}\n`,
      "2024-07-13T00:00:12,volts\n",
    ];
    put(join(folder, "in/a.csv"), HEAD + [...good, ...bad].join(""));
    put(join(folder, "in/b.csv"), `${HEAD}midnight,volts,1,${TAGS}\n`);
    const place = '[["phase","1"],["module","1"]]';
    const { examples } = await etl(folder);
    assert.deepEqual(examples, [
      {
        reason: "a line with too few fields",
        file: "a.csv",
        line: 15,
        row: "2024-07-13T00:00:12,volts",
      },
      {
        reason: "a timestamp that can't be read",
        file: "a.csv",
        line: 11,
        row: "noon | volts | 1 | [[phase, 1], [module, 1]]",
      },
      {
        reason: "a value that is not a finite number",
        file: "a.csv",
        row: `2024-07-13T00:00:10Z | volts | 3,65 | ${place}`,
      },
    ]);
    assert.deepEqual((await etl(folder)).examples, [], "nothing was read");
    put(join(folder, "in/a.csv"), HEAD + [...good, bad[1]].join(""));
    const [long]: RejectedExample[] = (await etl(folder)).examples;
    assert.equal(long!.row, `${"😀".repeat(60)}…`);
  }));

Deno.test("rejectedExamples() shows a rare reason after many rows with another one", () =>
  inFolder(async (folder) => {
    const line = (i: number, payload: string, value: string, tags: string) =>
      `2024-07-13T00:00:${String(i % 60).padStart(2, "0")},${payload},${value},${tags}\n`;
    const many = Array.from({ length: 2000 }, (_, i) => line(i, "amps", `${i}`, '"[[module, 1]]"'));
    const good = [1, 2, 3].map((i) => line(i, "volts", `5${i}`, TAGS));
    const text = HEAD + [...many, ...good, line(4, "volts", "bad", TAGS)].join("");
    put(join(folder, "in/a.csv"), text);
    const { examples } = await etl(folder);
    assert.deepEqual(examples.map(({ reason }: RejectedExample) => reason), [
      "a module without a phase",
      "a value that is not a finite number",
    ]);
  }));
