/**
 * Numbers in columns of numbers as text, just as the general reader writes them: the value of a
 * reading is a text wherever it comes from.
 *
 * @module
 */
import type { Physical } from "./schema.ts";

/**
 * A stored number as text: the shortest that is that number as a float64.
 *
 * @param at Where its bytes are, the lowest first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { numberText } from "./numbers.ts";
 * const view = new DataView(new ArrayBuffer(8));
 * view.setFloat32(0, 53.85, true);
 * assert.equal(numberText("float", view, 0), "53.849998474121094");
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
  // A float32 is the float64 of the same value, which takes more digits to tell.
  return decimal(type === "double" ? view.getFloat64(at, true) : view.getFloat32(at, true));
}

/** Numbers below 1e-5 and from 1e16 on have an exponent. */
function decimal(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-5 || size >= 1e16)) return value.toExponential();
  const text = Object.is(value, -0) ? "-0" : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}
