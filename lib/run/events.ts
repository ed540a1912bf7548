/**
 * What a run reports while it is going on: how far it is, what it built, and what it could not use.
 *
 * @module
 */
import type { StaleDay } from "./plan.ts";

/** The phases of a run that may take long, in order. */
export type Activity = "examine" | "import" | "build" | "report";

/** An event during a run, for progress and problems to be shown. */
export type RunEvent =
  /** A round of days to build; another one follows if columns turn out to differ. */
  | { kind: "plan"; days: readonly StaleDay[]; files: number; round: number }
  | { kind: "day"; day: number; rows: number; readings: number; hourFiles: number }
  | { kind: "problem"; name: string; reason: string }
  /** `done` of `total` files, rows or pages. */
  | { kind: "progress"; activity: Activity; done: number; total: number };
