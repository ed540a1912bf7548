// deno-lint-ignore-file no-console -- an old Deno gets no further than here
/**
 * Turns battery telemetry day files into hour files on a regular time grid.
 *
 * @module
 */
import { isOlder, OLDEST_DENO } from "./lib/version.ts";

if (import.meta.main) {
  if (isOlder(Deno.version.deno, OLDEST_DENO)) {
    console.error(
      `hourgrid: it needs Deno ${OLDEST_DENO}, and this is ${Deno.version.deno}: run deno upgrade`,
    );
    Deno.exit(2);
  }
  // Only now: an old Deno would fail here, with an error of its own.
  const { main } = await import("./lib/cli/mod.ts").catch(({ message }: Error) => {
    const [reason] = message.split("\n");
    const isOffline = /caching|request/.test(message);
    const wayOut = isOffline
      ? "the first run needs a network, to fetch packages"
      : "the program is damaged: get a new copy";
    console.error(`hourgrid: ${reason}: ${wayOut}`);
    Deno.exit(2);
  });
  Deno.exit(await main(Deno.args));
}
