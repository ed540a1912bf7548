/**
 * Turns battery telemetry day files into hour files on a regular time grid.
 *
 * @module
 */
import { main } from "./lib/cli/mod.ts";

if (import.meta.main) Deno.exit(await main(Deno.args));
