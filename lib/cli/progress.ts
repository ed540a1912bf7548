/**
 * Renders the progress of a run as a line that is redrawn, or as lines of a log: pure functions of
 * events and times.
 *
 * @module
 */
import type { Activity, RunEvent } from "../run/mod.ts";
import { dayName } from "../telemetry/mod.ts";
import { clock, count, plural, printable } from "./text.ts";

/** The progress of a run. */
export interface Progress {
  /** The current activity; null before the first. */
  activity: Activity | null;
  /** How much of it is done, in the unit of the activity. */
  done: number;
  /** The total amount, in the same unit. */
  total: number;
  /** The first time at which some was done, in seconds since the start, and how much it was. */
  first: { seconds: number; done: number } | null;
  /** When `done` was last known, in seconds since the start. */
  at: number;
  /** Days to build, and those of them that are built. */
  days: { planned: ReadonlySet<number>; built: ReadonlySet<number> };
}

/** The progress at the start. */
export const START: Progress = {
  activity: null,
  done: 0,
  total: 0,
  first: null,
  at: 0,
  days: { planned: new Set(), built: new Set() },
};

/**
 * The progress after an event.
 *
 * @param seconds When it happened, in seconds since the start.
 */
export function advance(progress: Progress, event: RunEvent, seconds: number): Progress {
  switch (event.kind) {
    case "plan": {
      const planned = new Set(event.days.map(({ day }) => day));
      const { days } = progress;
      return {
        ...progress,
        days: { planned: days.planned.union(planned), built: days.built.difference(planned) },
      };
    }
    case "day": {
      const built = new Set(progress.days.built).add(event.day);
      return { ...progress, days: { ...progress.days, built } };
    }
    case "progress": {
      const { activity, done, total } = event;
      const first = activity === progress.activity ? progress.first : null;
      const started = first ?? (done > 0 ? { seconds, done } : null);
      return { ...progress, activity, done, total, first: started, at: seconds };
    }
    case "problem":
      return progress;
  }
}

/** Seconds of work before an estimate is shown, because an earlier one would jump. */
const SHORTEST_SAMPLE = 1;

/**
 * Seconds until the activity is done, at its speed since its first piece was done, so that the time
 * to start does not count. Null while it is too early for an estimate.
 */
export function estimate({ done, total, first, at }: Progress, seconds: number): number | null {
  if (first === null || done <= first.done || at - first.seconds < SHORTEST_SAMPLE) return null;
  const left = (total - done) * (at - first.seconds) / (done - first.done);
  return Math.max(0, left - (seconds - at));
}

/** Renders the progress as a line of at most `columns` columns. */
export function renderLine(progress: Progress, seconds: number, columns: number): string {
  const left = estimate(progress, seconds);
  const text = [
    describe(progress),
    clock(seconds) + (left === null || left < 1 ? "" : `, ${clock(left)} left`),
  ].join("  ");
  const width = Math.min(24, columns - text.length - 1);
  if (width < 4 || progress.total === 0) return text.slice(0, columns);
  const filled = Math.floor(Math.min(1, progress.done / progress.total) * width);
  return `${"\u2588".repeat(filled)}${"\u2591".repeat(width - filled)} ${text}`;
}

function describe({ activity, done, total, days }: Progress): string {
  switch (activity) {
    case null:
      return "looking for files";
    case "examine":
      return `reading footers ${count(done)}/${count(total)}`;
    case "import":
      return `importing ${count(done)}/${plural(total, "file")}`;
    case "build":
      return `${count(days.built.size)}/${plural(days.planned.size, "day")}`;
    case "report":
      return `drawing ${count(done)}/${plural(total, "page")}`;
  }
}

/** Renders an event as a line of a log; null if it is not logged. */
export function renderEvent(event: RunEvent): string | null {
  switch (event.kind) {
    case "plan":
      return event.round === 0
        ? `${plural(event.files, "file")} found, ${plural(event.days.length, "day")} to build`
        : `${plural(event.days.length, "day")} to build again: ${event.days[0]?.reason}`;
    case "problem":
      return `problem: ${printable(event.name)} ${printable(event.reason)}`;
    case "day": {
      const { day, rows, readings, hourFiles } = event;
      const parts = [
        plural(rows, "row"),
        plural(readings, "reading"),
        plural(hourFiles, "hour file"),
      ];
      return `${dayName(day)}: ${parts.join(", ")}`;
    }
    case "progress":
      return null;
  }
}
