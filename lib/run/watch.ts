/**
 * Keeps running, and builds days whose input arrives or changes. Folders are polled, because
 * network file systems do not report changes.
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";
import {
  findInputs,
  fingerprint,
  type FoundInputs,
  type InputFile,
  refuseEmpty,
} from "../store/mod.ts";
import type { Options } from "./options.ts";
import { UsageError } from "../errors.ts";
import type { RunEvent } from "./events.ts";
import { run } from "./run.ts";
import type { Summary } from "./summary.ts";

const POLL_INTERVAL_MS = 1000;
/** After this time, a run with a temporary failure is repeated. */
const RETRY_INTERVAL_MS = 10_000;

/** Receives events while input is watched. */
export interface WatchListener {
  /** Receives the summary of each run. */
  run(summary: Summary): void;
  /** Receives each problem, but only once for as long as it lasts. */
  problem(problem: { name: string; reason: string }): void;
  /** Receives the reason why no run can begin, but the same one only once until a run begins. */
  refused(error: UsageError): void;
}

/** Fingerprints of files by name. */
export type Fingerprints = ReadonlyMap<string, string>;

/**
 * The files for a run: those that have changed since the previous search are marked as growing.
 *
 * @param before The files of the previous search.
 * @param used The files that the last run used.
 * @param mayRetry Whether to run again with the same files.
 * @returns Null if there is no reason to run.
 */
export function filesForRun(
  files: readonly InputFile[],
  before: Fingerprints,
  used: Fingerprints,
  mayRetry: boolean = false,
): InputFile[] | null {
  const isStable = (file: InputFile) => before.get(file.name) === fingerprint(file);
  const stable = files.filter(isStable);
  const growing = files.filter((file) => !isStable(file))
    .map((file) => ({ ...file, isGrowing: true }));
  const isNew = mayRetry || stable.some((file) => used.get(file.name) !== fingerprint(file));
  const names = new Set(files.map(({ name }) => name));
  const isGone = [...used.keys()].some((name) => !names.has(name));
  return stable.length > 0 && (isNew || isGone) ? [...stable, ...growing] : null;
}

/**
 * Runs whenever input files arrive, change or disappear, until the signal aborts. If there are
 * none, it waits for them.
 *
 * @param listener Receives events.
 * @throws {Error} If the signal aborts during a run.
 */
export async function watch(
  options: Options,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  let used: Fingerprints = new Map();
  let before: Fingerprints = new Map();
  let retryAt = Infinity;
  let problems = new Map<string, string>();
  let refusal = "";
  const refuse = (error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    if (error.message !== refusal) listener.refused(error);
    refusal = error.message;
  };
  while (!signal.aborted) {
    const { files, otherFiles } = search(options.input, refuse);
    // The system clock may be adjusted, so it is not used.
    const mayRetry = performance.now() >= retryAt;
    const inputs = filesForRun(files, before, used, mayRetry);
    before = new Map(files.map((file) => [file.name, fingerprint(file)]));
    if (inputs !== null) {
      const newProblems = new Map<string, string>();
      const onEvent = (event: RunEvent) => {
        if (event.kind !== "problem") return;
        newProblems.set(event.name, event.reason);
        if (problems.get(event.name) !== event.reason) listener.problem(event);
      };
      try {
        const found = { files: inputs, otherFiles };
        const { summary, retryLater } = await run(options, onEvent, signal, found);
        signal.throwIfAborted();
        listener.run(summary);
        used = new Map(
          inputs.map((file) => [
            file.name,
            // Its final state then counts as a change.
            file.isGrowing ? used.get(file.name) ?? "" : fingerprint(file),
          ]),
        );
        retryAt = retryLater ? performance.now() + RETRY_INTERVAL_MS : Infinity;
        problems = newProblems;
        refusal = "";
      } catch (error) {
        refuse(error); // for example, another run has the lock; the next search tries again
      }
    }
    await setTimeout(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

/** The current input files, which may be none. */
function search(input: readonly string[], refuse: (error: unknown) => void): FoundInputs {
  try {
    const found = findInputs(...input);
    refuseEmpty(input, found);
    return found;
  } catch (error) {
    refuse(error);
    return { files: [], otherFiles: {} };
  }
}
