/**
 * The states of the system over all days, drawn to scale.
 *
 * @module
 */
import { type BatteryDay, isOrdinary, type JoinedRun } from "../../battery/mod.ts";
import { DAY } from "../../telemetry/mod.ts";
import { escapeText } from "../escape.ts";
import { isFault, statesByPlace } from "../states.ts";
import { hourText, plural, shorten, spanOf } from "../words.ts";
import type { DayAxis, Strip } from "./strip.ts";

/** The class of a state in the page's style sheet. */
function classOf(state: string): string {
  if (isFault(state)) return "fault";
  if (/^charg/i.test(state)) return "in";
  if (/^discharg/i.test(state)) return "out";
  if (!isOrdinary(state)) return "other";
  return /^run$/i.test(state) ? "run" : /^idle$/i.test(state) ? "idle" : "ready";
}

/** A strip for each place that reports a state: the system, a phase or a module. */
export function stateStrips(axis: DayAxis, days: readonly BatteryDay[]): Strip[] {
  return statesByPlace(days).map(([name, runs]) => stateStrip(axis, name, runs));
}

const HEIGHT = 30;
/** How many states are named, and how many characters of each. */
const MAX_STATES = 12, MAX_LENGTH = 60;
/** Rounds days to a ten-thousandth, which is 9 seconds. */
const round = (days: number) => Math.round(days * 1e4) / 1e4;

function stateStrip(axis: DayAxis, name: string, runs: readonly JoinedRun[]): Strip {
  const seconds = new Map<string, number>();
  for (const { state, known } of runs) seconds.set(state, (seconds.get(state) ?? 0) + known);
  const ranked = [...seconds].sort(([a, x], [b, y]) => rank(a) - rank(b) || y - x);
  // What comes last is drawn above the others.
  const shapes = runs.toSorted((a, b) => rank(b.state) - rank(a.state)).map((run) => {
    const { state, from, to } = run;
    const [start, width] = [round((from - axis.from) / DAY), round((to - from) / DAY)];
    const text = `${shorten(state, MAX_LENGTH)}: ${spanOf({ from: from * 1000, to: to * 1000 })}`;
    return `<path class="state ${classOf(state)}" d="M${start} 0h${width}v${HEIGHT}h-${width}z">` +
      `<title>${escapeText(text)}</title></path>`;
  });
  const words = ranked.map(([state, count]) => `${shorten(state, MAX_LENGTH)} ${hourText(count)}`);
  const more = ranked.length - MAX_STATES;
  return {
    name: `<span>state: ${escapeText(name)}</span>`,
    label: `States of ${name} over all days: ${words.join(", ")}`,
    height: HEIGHT,
    shapes: shapes.join(""),
    side: `<ul class="states">${
      ranked.slice(0, MAX_STATES).map(([state], i) =>
        `<li class="${classOf(state)}"><i></i>${escapeText(words[i]!)}</li>`
      ).join("") + (more > 0 ? `<li>and ${plural(more, "other state")}</li>` : "")
    }</ul>`,
  };
}

/** Faults come first, states of normal operation last. */
const rank = (state: string) => isFault(state) ? 0 : isOrdinary(state) ? 2 : 1;
