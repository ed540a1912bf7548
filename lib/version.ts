/**
 * The tool's version, which also stands in every hour file.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

/** The version in deno.json. */
export const VERSION: string = config.version;
