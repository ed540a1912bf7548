// deno-lint-ignore-file no-console -- the command line is where things are printed
/**
 * The command line: arguments in, text and exit status out.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { readShardVariables, run, watch } from "../run/mod.ts";
import { CLEAR_LINE, createDisplay, say } from "./display.ts";
import { type CommandOptions, parseArguments } from "./options.ts";
import { renderEvent } from "./progress.ts";
import { renderFailures, renderPlan, renderRun, renderSummary } from "./render.ts";

const Status = { done: 0, unusable: 1, usage: 2, interrupted: 130 } as const;

const INTERRUPTED = "hourgrid: interrupted; what is on disk is whole, and the next run continues";

/** How long an interrupted run may take to end by itself. */
const INTERRUPT_TIMEOUT_MS = 800;

/**
 * Runs the tool.
 *
 * @returns The exit status: 0 all done, 1 done but some input was unusable, 2 wrong usage and
 * nothing done, 130 interrupted.
 */
export async function main(args: readonly string[]): Promise<number> {
  const abort = new AbortController();
  const interrupt = () => {
    abort.abort();
    // Safe at any time, because the output is consistent at any time.
    setTimeout(() => {
      say(`${Deno.stderr.isTerminal() ? CLEAR_LINE : ""}${INTERRUPTED}\n`);
      Deno.exit(Status.interrupted);
    }, INTERRUPT_TIMEOUT_MS);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  try {
    const request = parseArguments(args, readShardVariables());
    if ("text" in request) {
      console.log(request.text.trimEnd());
      return Status.done;
    }
    const { options } = request;
    if (!options.dryRun) checkPermissions();
    return await (options.watch ? watchAndShow : runAndShow)(options, abort.signal);
  } catch (error) {
    if (abort.signal.aborted) {
      say(`${INTERRUPTED}\n`);
      return Status.interrupted;
    }
    say(`hourgrid: ${error instanceof Error ? error.message : error}\n`);
    const nothingDone = error instanceof UsageError || error instanceof Deno.errors.NotCapable;
    return nothingDone ? Status.usage : Status.unusable;
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  }
}

/** Requests the permission to start worker processes, which would otherwise be missed in mid-run. */
function checkPermissions(): void {
  const command = Deno.execPath();
  if (Deno.permissions.requestSync({ name: "run", command }).state === "granted") return;
  throw new UsageError(
    `Cannot start worker processes: give --allow-run, or --allow-run="${command}",sync`,
  );
}

async function runAndShow(options: CommandOptions, signal: AbortSignal): Promise<number> {
  const { output, dryRun, quiet, json } = options;
  const display = createDisplay(options);
  const { summary } = await run(options, display.onEvent, signal).finally(() => display.stop());
  if (json) console.log(JSON.stringify(summary, null, 2));
  else if (!quiet) {
    console.log(dryRun ? renderPlan(summary, output) : renderSummary(summary, output));
  } else for (const text of renderFailures(summary)) say(`${text}\n`);
  return summary.problems.length > 0 || summary.ended !== null ? Status.unusable : Status.done;
}

async function watchAndShow(options: CommandOptions, signal: AbortSignal): Promise<number> {
  const print = options.quiet ? () => {} : (line: string) => say(`${line}\n`);
  await watch(options, {
    run(summary) {
      if (options.json) console.log(JSON.stringify(summary));
      else print(renderRun(summary, new Date()));
    },
    problem: (event) => print(renderEvent({ kind: "problem", ...event })!),
    refused: ({ message }) => print(message),
  }, signal);
  return Status.done;
}
