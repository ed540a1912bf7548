/**
 * Goes on and builds what arrives. Folders are looked through again and again instead of waiting
 * for the system's word, which network file systems do not give.
 *
 * @module
 */
import { setTimeout } from "node:timers/promises";
import { findInputs, fingerprint, type FoundInputs, type InputFile } from "../store/mod.ts";
import type { Options } from "./options.ts";
import { UsageError } from "../errors.ts";
import { type RunEvent, summarize, type Summary } from "./outcome.ts";
import { run } from "./run.ts";

/** Milliseconds between two looks. */
const PAUSE = 1000;
/** Milliseconds until what may be otherwise then is tried again. */
const RETRY = 10_000;

/** Who is told what happens while files are watched for. */
export interface WatchShow {
  /** Receives what a run did. */
  run(summary: Summary): void;
  /** Receives what can't be used, once. */
  problem(problem: { name: string; reason: string }): void;
  /** Receives why a run could not begin. */
  refused(error: UsageError): void;
}

/** Fingerprints of files by name. */
export type Prints = ReadonlyMap<string, string>;

/**
 * The files that may be taken: those that were the same at the look before. A file that is being
 * written is left for later.
 *
 * @param taken What the last run took.
 * @returns Null if there is nothing new, or a file that was taken is just being changed.
 */
export function ready(
  files: readonly InputFile[],
  before: Prints,
  taken: Prints,
): InputFile[] | null {
  const rests = (file: InputFile) => before.get(file.name) === fingerprint(file);
  const resting = files.filter(rests);
  if (files.some((file) => taken.has(file.name) && !rests(file))) return null;
  const news = resting.some((file) => taken.get(file.name) !== fingerprint(file));
  const names = new Set(files.map(({ name }) => name));
  const gone = [...taken.keys()].some((name) => !names.has(name));
  return resting.length > 0 && (news || gone) ? resting : null;
}

function printsOf(files: readonly InputFile[]): Prints {
  return new Map(files.map((file) => [file.name, fingerprint(file)]));
}

/**
 * Runs whenever input files arrive, change or go, until the signal aborts.
 *
 * @param show Receives what happens.
 * @throws {UsageError} If the very first look finds no input.
 */
export async function watch(
  options: Options,
  show: WatchShow,
  signal: AbortSignal,
): Promise<void> {
  let taken: Prints = new Map();
  let before: Prints = printsOf(findInputs(...options.input).files);
  let retryAt = Infinity;
  let problems = new Map<string, string>();
  let found = new Map<string, string>();
  const tell = (event: RunEvent) => {
    if (event.kind !== "problem") return;
    found.set(event.name, event.reason);
    if (problems.get(event.name) === event.reason) return; // it was said before
    show.problem(event);
  };
  while (!signal.aborted) {
    const { files, otherFiles } = look(options.input);
    const late = Date.now() >= retryAt;
    const inputs = ready(files, before, late ? new Map() : taken);
    before = printsOf(files);
    if (inputs !== null) {
      found = new Map();
      try {
        const outcome = await run(options, tell, signal, { files: inputs, otherFiles });
        show.run(summarize(outcome));
        taken = printsOf(inputs);
        retryAt = outcome.retryLater ? Date.now() + RETRY : Infinity;
        problems = found;
      } catch (error) {
        // Another run has the output; it is tried again at the next look.
        if (!(error instanceof UsageError)) throw error;
        show.refused(error);
      }
    }
    await setTimeout(PAUSE, undefined, { signal }).catch(() => {});
  }
}

/** The input files that there are now, which may be none. */
function look(input: readonly string[]): FoundInputs {
  try {
    return findInputs(...input);
  } catch (error) {
    if (error instanceof UsageError) return { files: [], otherFiles: {} };
    throw error;
  }
}
