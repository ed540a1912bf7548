/**
 * Numbers in columns of numbers as text, just as the general reader writes them: the value of a
 * reading is a text wherever it comes from.
 *
 * @module
 */
import type { Physical } from "./schema.ts";

/**
 * A stored number as text: the shortest that is that number.
 *
 * @param at Where its bytes are, the lowest first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberText } from "./numbers.ts";
 * const view = new DataView(new ArrayBuffer(8));
 * view.setFloat32(0, 53.85, true);
 * assert.equal(numberText("float", view, 0), "53.85");
 * ```
 */
export function numberText(
  type: Exclude<Physical, "text" | "int96">,
  view: DataView,
  at: number,
): string {
  if (type === "int32") return String(view.getInt32(at, true));
  if (type === "uint32") return String(view.getUint32(at, true));
  if (type === "int64") return String(view.getBigInt64(at, true));
  if (type === "uint64") return String(view.getBigUint64(at, true));
  if (type === "double") return decimal(view.getFloat64(at, true), 1e-5, 1e16);
  return decimal(shortest(view.getFloat32(at, true)), 1e-6, 1e13);
}

/** The decimal number of the fewest digits that is the same float32; of several the nearest. */
function shortest(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  for (let digits = 0; digits < 8; digits++) {
    const [mantissa, exponent] = value.toExponential(digits).split("e") as [string, string];
    const whole = Number(mantissa.replace(".", ""));
    // Behind a power of two the gap is wider, so that the nearest of all need not be the one.
    const near = [whole - 1, whole, whole + 1]
      .map((whole) => ({ whole, number: Number(`${whole}e${Number(exponent) - digits}`) }))
      .filter(({ number }) => Math.fround(number) === value)
      .map((found) => ({ ...found, error: Math.abs(found.number - value) }))
      .sort((a, b) => {
        const isTie = Math.abs(a.error - b.error) <= 1e-6 * (a.error + b.error);
        return isTie ? Math.abs(a.whole % 2) - Math.abs(b.whole % 2) : a.error - b.error;
      });
    if (near.length > 0) return near[0]!.number;
  }
  return Number(value.toPrecision(9));
}

/** Numbers below `small` and from `large` on have an exponent. */
function decimal(value: number, small: number, large: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < small || size >= large)) return value.toExponential();
  const text = Object.is(value, -0) ? "-0" : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}
