// deno-lint-ignore-file no-console -- the command line is where things are printed
/**
 * Shows the progress of a run on stderr.
 *
 * @module
 */
import type { RunEvent } from "../run/mod.ts";
import { advance, renderEvent, renderLine, START } from "./progress.ts";

/** A progress display. */
export interface Show {
  /** Receives events. */
  onEvent: (event: RunEvent) => void;
  /** Ends the display, and restores the terminal. */
  stop: () => void;
}

/** Chooses a display: none, a line that is redrawn, or, without a terminal, a log. */
export function createShow({ quiet }: { quiet: boolean }): Show {
  if (quiet) return { onEvent: () => {}, stop: () => {} };
  return Deno.stderr.isTerminal() ? showLine() : showLog();
}

/** Prints a line per event, and each only once: a day may be built twice. */
function showLog(): Show {
  const printed = new Set<string>();
  const onEvent = (event: RunEvent) => {
    const line = renderEvent(event);
    const subject = event.kind === "day" ? `day ${event.day}` : line;
    if (line === null || subject === null || printed.has(subject)) return;
    printed.add(subject);
    console.error(line);
  };
  return { onEvent, stop: () => {} };
}

const REDRAW_INTERVAL_MS = 200;

/** Removes the line that the cursor is on. */
export const CLEAR_LINE = "\r\u001b[K";

/**
 * Redraws one line, even when nothing happens, because of its clock. A progress-bar library would
 * only give us the timer: the line has to fit the terminal, and says more than a percentage.
 */
function showLine(): Show {
  const started = performance.now();
  const encoder = new TextEncoder();
  const write = (text: string) => Deno.stderr.writeSync(encoder.encode(text));
  const seconds = () => (performance.now() - started) / 1000;
  let progress = START;
  let drawnAt = -Infinity;
  const draw = () => {
    drawnAt = performance.now();
    write(`\r${renderLine(progress, seconds(), terminalColumns() - 1)}\u001b[K`);
  };
  draw();
  const timer = setInterval(draw, REDRAW_INTERVAL_MS);
  return {
    onEvent: (event) => {
      progress = advance(progress, event, seconds());
      // While footers are read, the timer does not run.
      if (performance.now() - drawnAt > REDRAW_INTERVAL_MS) draw();
    },
    stop: () => {
      clearInterval(timer);
      write(CLEAR_LINE);
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
