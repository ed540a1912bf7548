/**
 * Events: states, limits at zero, frozen signals, silent modules, and cells that deviate from the
 * others.
 *
 * An event of the whole system has no phase and no module; it is not repeated for each module. An
 * event of a phase has no module.
 *
 * @module
 */
import { compareNatural, DAY, type Place } from "../telemetry/mod.ts";
import { LEAST_ROWS } from "./cells.ts";
import { runsWhere } from "./consecutive.ts";
import type { PlaceDay, StateRun, Stretch } from "./figures.ts";
import { type FrozenRun, frozenRuns } from "./frozen.ts";
import { type BatteryDay, daysByModule, inOrder } from "./history.ts";
import { SILENT_AFTER } from "./signal_day.ts";

/** Something that happened. */
export interface BatteryEvent extends Place {
  /** The start of its first row, in seconds since the epoch. */
  from: number;
  /** The end of its last row. */
  to: number;
  /** The kind of event. */
  kind: "state" | "derating" | "frozen" | "silent" | "cell";
  /** The state, or the column and its value. */
  detail: string;
  /** The column of the event; null for a silent module. */
  column: string | null;
  /** A cell's largest deviation from the median at rest, in mV; null for other kinds of events. */
  value: number | null;
}

/** Whether a state is one of normal operation, which is not an event. */
export function isOrdinary(state: string): boolean {
  return /^(idle|ready|run|standby)$/i.test(state.trim());
}

/** A limit that is zero for longer than this is an event, in seconds. */
const DERATING_AFTER = 60;

/** A cell that deviates by more than this at rest is an event, in mV. */
const CELL_BEYOND = 100;

/**
 * All events of the given days, ordered by start, then by place in natural order, kind and detail.
 *
 * - `state`, `derating`: an event continues across midnight, and across rows without a value, if
 *   these last no longer than the max gap.
 * - `frozen`: each run of at least two hours; see `frozenRuns`.
 * - `silent`: more than an hour between two rows in which the module itself reported.
 * - `cell`: consecutive days on which the cell's median deviation at rest is more than 100 mV
 *   either way, over at least 60 rows; from the start of the first day to the end of the last.
 */
export function eventsOf(
  days: readonly BatteryDay[],
  frozen: readonly FrozenRun[] = frozenRuns(days),
): BatteryEvent[] {
  const ordered = inOrder(days);
  const all = [
    ...stateEvents(ordered),
    ...deratingEvents(ordered),
    ...frozenEvents(frozen),
    ...silentEvents(ordered),
    ...cellEvents(ordered),
  ];
  const order = (a: string | null, b: string | null) =>
    a === b ? 0 : a === null ? -1 : b === null ? 1 : compareNatural(a, b);
  return all.sort((a, b) =>
    a.from - b.from || order(a.phase, b.phase) || order(a.module, b.module) ||
    order(a.kind, b.kind) || order(a.detail, b.detail) || a.to - b.to
  );
}

/** Stretches of a column in one state, with short gaps between them. */
export interface JoinedRun extends StateRun, Place {
  /** For how many seconds the state is known: in all rows except those of the gaps. */
  known: number;
}

/**
 * Joins the stretches of each column, over all days, if the next one has the same state and the gap
 * between them is no longer than the max gap.
 */
function joinStretches(
  days: readonly BatteryDay[],
  stretchesOf: (place: PlaceDay) => readonly StateRun[],
): JoinedRun[] {
  const found: JoinedRun[] = [];
  const latest = new Map<string, JoinedRun>();
  for (const { maxGap, figures: { places } } of days) {
    for (const place of places) {
      const { phase, module } = place;
      for (const next of stretchesOf(place)) {
        const key = JSON.stringify([phase, module, next.column]);
        const last = latest.get(key);
        const known = next.to - next.from;
        if (last && last.state === next.state && next.from - last.to <= maxGap) {
          last.to = next.to;
          last.known += known;
        } else {
          const joined = { ...next, phase, module, known };
          found.push(joined);
          latest.set(key, joined);
        }
      }
    }
  }
  return found;
}

/**
 * The states of all places. They continue across midnight, and across rows without a value, if these
 * last no longer than the max gap.
 *
 * @param days Days in order of time.
 */
export function stateRuns(days: readonly BatteryDay[]): JoinedRun[] {
  return joinStretches(days, ({ states }) => states);
}

function stateEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  return stateRuns(days)
    .filter(({ state }) => !isOrdinary(state))
    .map(({ state, known: _, ...rest }) => ({
      ...rest,
      kind: "state",
      detail: state,
      value: null,
    }));
}

function deratingEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  return joinStretches(days, ({ limits }) => limits)
    .filter(({ state, from, to }) => state === "zero" && to - from > DERATING_AFTER)
    .map(({ state: _, known: __, ...limit }) => ({
      ...limit,
      kind: "derating",
      detail: `${limit.column} at 0 A`,
      value: null,
    }));
}

function frozenEvents(runs: readonly FrozenRun[]): BatteryEvent[] {
  return runs.map(({ value, ...rest }) => ({
    ...rest,
    kind: "frozen",
    detail: `${rest.column} at ${value}`,
    value: null,
  }));
}

function silentEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  const found: BatteryEvent[] = [];
  for (const list of daysByModule(days).values()) {
    let last = Infinity;
    for (const { figures: { phase, module, reported, silent } } of list) {
      if (reported === null) continue;
      const [first, end] = reported;
      const before: Stretch[] = first - last > SILENT_AFTER ? [[last, first]] : [];
      for (const [from, to] of [...before, ...silent]) {
        const detail = "no readings of its own";
        found.push({ from, to, phase, module, kind: "silent", detail, column: null, value: null });
      }
      last = end;
    }
  }
  return found;
}

function cellEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  return [...daysByModule(days).values()].flatMap((list) => {
    const beyond = list.flatMap(({ day, figures: { phase, module, cells } }) =>
      cells.flatMap(({ column, rest }) =>
        rest === null || rest.rows < LEAST_ROWS || Math.abs(rest.median) <= CELL_BEYOND
          ? []
          : [{ day, phase, module, column, value: rest.median }]
      )
    );
    return [...Map.groupBy(beyond, ({ column }) => column).values()]
      .flatMap((days) => runsWhere(days, (a, b) => b.day === a.day + DAY)).map(cellEvent);
  });
}

/** A cell that deviates too far on a day. */
interface CellBeyond extends Place {
  day: number;
  column: string;
  value: number;
}

/** The event of a cell that deviates on consecutive days. */
function cellEvent(run: [CellBeyond, ...CellBeyond[]]): BatteryEvent {
  const { phase, module, column, value } = run.reduce((a, b) =>
    Math.abs(b.value) > Math.abs(a.value) ? b : a
  );
  const detail = `${column} up to ${value} mV from the median at rest`;
  const span = { from: run[0].day, to: run.at(-1)!.day + DAY };
  return { ...span, phase, module, kind: "cell", detail, column, value };
}
