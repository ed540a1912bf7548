/**
 * Shows the progress of a run on standard error.
 *
 * @module
 */
import type { RunEvent } from "../run/mod.ts";
import { advance, renderEvent, renderLine, START } from "./progress.ts";

/** Shows the progress of a run. */
export interface Display {
  /** Receives events. */
  onEvent: (event: RunEvent) => void;
  /** Ends the display, and restores the terminal. */
  stop: () => void;
}

/**
 * Writes to standard error, and ignores a failure: a closed terminal or a full disk must not end
 * the run.
 */
export function say(text: string): void {
  try {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  } catch { /* there is nowhere else to say it */ }
}

/** Chooses a display: none, a line that is redrawn, or, without a terminal, a log. */
export function createDisplay({ quiet }: { quiet: boolean }): Display {
  if (quiet) return { onEvent: () => {}, stop: () => {} };
  return Deno.stderr.isTerminal() ? createLine() : createLog();
}

/** Prints a line per event, but only one per day: a day may be built twice. */
function createLog(): Display {
  const printed = new Set<string>();
  const onEvent = (event: RunEvent) => {
    const line = renderEvent(event);
    const subject = event.kind === "day" ? `day ${event.day}` : line;
    if (line === null || subject === null || printed.has(subject)) return;
    printed.add(subject);
    say(`${line}\n`);
  };
  return { onEvent, stop: () => {} };
}

const REDRAW_INTERVAL_MS = 200;

/** Removes the line that the cursor is on. */
export const CLEAR_LINE = "\r\u001b[K";

/**
 * Draws one line again and again, even when nothing happens, because it has a clock. A progress-bar
 * library would save only the timer: the line has to fit the terminal, and says more than a
 * percentage.
 */
function createLine(): Display {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  let progress = START;
  let drawnAt = -Infinity;
  const draw = () => {
    drawnAt = performance.now();
    say(`\r${renderLine(progress, seconds(), terminalColumns() - 1)}\u001b[K`);
  };
  draw();
  const timer = setInterval(draw, REDRAW_INTERVAL_MS);
  return {
    onEvent: (event) => {
      progress = advance(progress, event, seconds());
      // The timer does not run while footers are read.
      if (performance.now() - drawnAt > REDRAW_INTERVAL_MS) draw();
    },
    stop: () => {
      clearInterval(timer);
      say(CLEAR_LINE);
    },
  };
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80; // a terminal that does not report its size
  }
}
