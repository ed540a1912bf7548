/**
 * The tool's version, which is also in every hour file.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** The oldest Deno that runs it. */
export const OLDEST_DENO = "2.9.6";

/** Whether a version of three numbers is older than another. */
export function isOlder(version: string, other: string): boolean {
  const [left, right] = [version, other].map((text) => text.split(/\D/).slice(0, 3).map(Number));
  const at = left!.findIndex((number, i) => number !== right![i]);
  return at >= 0 && left![at]! < right![at]!;
}

/** The version in deno.json. */
export const VERSION: string = config.version;

/** How files written by the tool name their writer; the version follows. */
export const WRITER = "hourgrid version ";
