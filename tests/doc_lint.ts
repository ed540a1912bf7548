// deno-lint-ignore-file no-console -- it is a command
/**
 * Runs `deno doc --lint` on all modules. It wants every type that an export shows to be exported
 * too, which those of libraries can't be: such complaints are passed over, all others fail.
 *
 * @module
 */
import { globSync } from "node:fs";
import { ROOT } from "./helpers/support.ts";

/** Types of libraries that our exports show. */
const FOREIGN = [
  "Command",
  "DuckDBType",
  "SchemaElement",
  "pl",
  "DataFrame",
  "PlotOptions",
  "ScaleOptions",
  "TextOptions",
  "Text",
];

const files = [...globSync("{lib,tools}/**/*.ts", { cwd: ROOT })];
const { code, stderr } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--quiet", "--lint", ...files],
  cwd: ROOT,
  env: { NO_COLOR: "1" },
  stdout: "null",
  stderr: "piped",
}).output();
const complaints = new TextDecoder().decode(stderr).split(/^(?=error)/m);
const isForeign = (text: string) =>
  FOREIGN.some((name) => text.includes(`references private type '${name}'`)) ||
  /^error: Found \d+ documentation lint error/.test(text);
const ours = complaints.filter((text) => text.trim() !== "" && !isForeign(text));
if (code !== 0 && ours.length > 0) {
  console.error(ours.join(""));
  Deno.exit(1);
}
