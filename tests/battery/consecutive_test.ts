import assert from "node:assert/strict";
import fc from "fast-check";
import { consecutive, runsWhere } from "../../lib/battery/mod.ts";

Deno.test("runsWhere() keeps all items in order, and divides them where one does not continue the one before", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 9 })), (items) => {
    const continues = (before: number, next: number) => next >= before;
    const runs = runsWhere(items, continues);
    assert.deepEqual(runs.flat(), items);
    assert.ok(runs.every((run) => run.every((item, i) => i === 0 || continues(run[i - 1]!, item))));
    assert.ok(runs.every((run, i) => i === 0 || !continues(runs[i - 1]!.at(-1)!, run[0])));
  }));
});

Deno.test("consecutive() is the inverse of listing all numbers of each run", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 20 }))
    .map((all) => all.sort((a, b) => a - b));
  fc.assert(fc.property(numbers, (numbers) => {
    const runs = consecutive(numbers);
    const listed = runs.flatMap(([from, to]) =>
      Array.from({ length: to - from }, (_, i) => from + i)
    );
    assert.deepEqual(listed, numbers);
    assert.ok(runs.every(([from], i) => i === 0 || from > runs[i - 1]![1]), "with gaps between");
  }));
});
