/**
 * Arguments in, text out. The only folder that prints.
 *
 * @module
 */
export { main } from "./main.ts";
export { parseArguments } from "./options.ts";
