/**
 * The command line: parses arguments, and prints text. No other folder prints.
 *
 * @module
 */
export { main } from "./main.ts";
export { parseArguments } from "./options.ts";
