/**
 * What happened, from when to when: states, limits at zero, frozen signals, silent modules and
 * cells that leave the others.
 *
 * A report about the whole system is one event without phase and module, not one event per module.
 * An event of a phase has no module.
 *
 * @module
 */
import { compareNatural, DAY } from "../telemetry/mod.ts";
import { LEAST_ROWS } from "./cells.ts";
import type { PlaceDay, Stretch } from "./figures.ts";
import { type FrozenRun, frozenRuns } from "./frozen.ts";
import { type BatteryDay, daysByModule, inOrder } from "./history.ts";

/** Something that happened. */
export interface BatteryEvent {
  /** When it began, in seconds since the epoch. */
  from: number;
  /** When it ended: the end of its last row. */
  to: number;
  /** The phase; null if it is the whole system's. */
  phase: string | null;
  /** The module; null if it is a phase's or the system's. */
  module: string | null;
  /** The kind of event. */
  kind: "state" | "derating" | "frozen" | "silent" | "cell";
  /** The state, or the column and its value. */
  detail: string;
  /** The column of the event; null for a silent module. */
  column: string | null;
}

/** States that are not events, in lower case. */
const ORDINARY: ReadonlySet<string> = new Set(["idle", "ready", "run", "standby"]);

/** A limit at zero is an event after this time, in seconds. */
const DERATING_AFTER = 60;

/** A module is silent after this time, in seconds. */
const SILENT_AFTER = 3600;

/** A cell that deviates more than this at rest is an event, in mV. */
const CELL_BEYOND = 100;

/**
 * All events of some days, ordered by start, then by place in natural order, kind and detail.
 *
 * - `state`, `derating`: rows without a value between two with the same one do not end an event, if
 *   they last no longer than the max gap. Midnight does not either.
 * - `frozen`: each run of at least two hours; see `frozenRuns`.
 * - `silent`: more than an hour between two rows in which the module itself reported.
 * - `cell`: from the start of the first to the end of the last of the days in a row on which the
 *   cell's median deviation at rest is beyond 100 mV either way, out of at least 60 rows.
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

/** A stretch of time within a day. */
interface Piece {
  /** When it began. */
  from: number;
  /** When it ended. */
  to: number;
  /** Its column. */
  column: string;
  /** The state or value. */
  what: string;
}

/** Pieces joined to one. */
type Joined = Piece & Pick<BatteryEvent, "phase" | "module">;

/**
 * Joins the pieces of each column, over all days, if the next one has the same text soon enough.
 */
function joinPieces(
  days: readonly BatteryDay[],
  piecesOf: (place: PlaceDay) => readonly Piece[],
): Joined[] {
  const found: Joined[] = [];
  const latest = new Map<string, Joined>();
  for (const { maxGap, figures: { places } } of days) {
    for (const place of places) {
      const { phase, module } = place;
      for (const piece of piecesOf(place)) {
        const key = JSON.stringify([phase, module, piece.column]);
        const before = latest.get(key);
        if (before?.what === piece.what && piece.from - before.to <= maxGap) before.to = piece.to;
        else {
          const joined = { ...piece, phase, module };
          found.push(joined);
          latest.set(key, joined);
        }
      }
    }
  }
  return found;
}

function stateEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  return joinPieces(
    days,
    ({ states }) => states.map(({ state, ...rest }) => ({ ...rest, what: state })),
  )
    .filter(({ what }) => !ORDINARY.has(what.trim().toLowerCase()))
    .map(({ what, ...rest }) => ({ ...rest, kind: "state", detail: what }));
}

function deratingEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  const piecesOf = ({ zeroLimits }: PlaceDay) =>
    zeroLimits.map((limit) => ({ ...limit, what: "" }));
  return joinPieces(days, piecesOf)
    .filter(({ from, to }) => to - from > DERATING_AFTER)
    .map(({ what: _, ...rest }) => ({
      ...rest,
      kind: "derating",
      detail: `${rest.column} at 0 A`,
    }));
}

function frozenEvents(runs: readonly FrozenRun[]): BatteryEvent[] {
  return runs.map(({ value, ...rest }) => ({
    ...rest,
    kind: "frozen",
    detail: `${rest.column} at ${value}`,
  }));
}

function silentEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  const found: BatteryEvent[] = [];
  for (const list of daysByModule(days).values()) {
    let last = Infinity;
    for (const { figures: { phase, module, heard, silent } } of list) {
      if (heard === null) continue;
      const before: Stretch[] = heard[0] - last > SILENT_AFTER ? [[last, heard[0]]] : [];
      for (const [from, to] of [...before, ...silent]) {
        const rest = { phase, module, detail: "no readings of its own", column: null };
        found.push({ from, to, kind: "silent", ...rest });
      }
      last = heard[1];
    }
  }
  return found;
}

function cellEvents(days: readonly BatteryDay[]): BatteryEvent[] {
  const found: BatteryEvent[] = [];
  for (const list of daysByModule(days).values()) {
    const open = new Map<string, { event: BatteryEvent; most: number }>();
    for (const { day, figures: { phase, module, cells } } of list) {
      for (const { column, rest } of cells) {
        if (rest === null || rest.rows < LEAST_ROWS || Math.abs(rest.median) <= CELL_BEYOND) {
          continue;
        }
        let last = open.get(column);
        if (last?.event.to !== day) {
          const event: BatteryEvent = {
            ...{ from: day, to: day, phase, module, kind: "cell", detail: "", column },
          };
          last = { event, most: 0 };
          found.push(event);
          open.set(column, last);
        }
        if (Math.abs(rest.median) > Math.abs(last.most)) last.most = rest.median;
        last.event.to = day + DAY;
        last.event.detail = `${column} up to ${last.most} mV from the median at rest`;
      }
    }
  }
  return found;
}
