import assert from "node:assert/strict";
import fc from "fast-check";
import pl from "nodejs-polars";
import { numberText } from "../../lib/telemetry/numbers.ts";

/** The same number in each width, as both readers write it. */
function texts(numbers: number[]) {
  const view = new DataView(new ArrayBuffer(8));
  const ours = (type: "float" | "double") =>
    numbers.map((number) => {
      if (type === "float") view.setFloat32(0, number, true);
      else view.setFloat64(0, number, true);
      return numberText(type, view, 0);
    });
  const theirs = (type: pl.DataType) =>
    pl.Series("x", numbers, type).cast(pl.Float64).cast(pl.Utf8).toArray();
  return {
    float: { ours: ours("float"), theirs: theirs(pl.Float32) },
    double: { ours: ours("double"), theirs: theirs(pl.Float64) },
  };
}

Deno.test("numbers are written as polars writes them", () => {
  const any = fc.oneof(fc.double(), fc.float(), fc.integer(), fc.float({ min: 0, max: 0.0625 }));
  fc.assert(fc.property(fc.array(any, { minLength: 1 }), (numbers) => {
    for (const { ours, theirs } of Object.values(texts(numbers))) assert.deepEqual(ours, theirs);
  }));
});

Deno.test("so are powers of two and ten, where the neighbours are not equally far", () => {
  const exponents = Array.from({ length: 2098 }, (_, i) => i - 1074);
  const numbers = exponents.flatMap((exponent) => [2 ** exponent, -(2 ** exponent) * 3]);
  numbers.push(...Array.from({ length: 600 }, (_, i) => Number(`1e${i - 300}`)));
  for (const { ours, theirs } of Object.values(texts(numbers))) assert.deepEqual(ours, theirs);
});

Deno.test("a float32 is told in full, as the exporter's texts tell it", () => {
  const { float } = texts([54.16, 123456792, 0.1]);
  assert.deepEqual(float.ours, ["54.15999984741211", "123456792.0", "0.10000000149011612"]);
});

Deno.test("whole numbers are written whole, signed or not", () => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigInt64(0, -2n, true);
  const found = (["int32", "uint32", "int64", "uint64"] as const).map((type) =>
    numberText(type, view, 0)
  );
  assert.deepEqual(found, ["-2", "4294967294", "-2", "18446744073709551614"]);
});
