/**
 * The states of the system over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import pl from "nodejs-polars";
import { compareNatural } from "../tags.ts";
import { axisOf, rowsOf, valuesOf } from "./envelope.ts";
import { COLORS, draw, figure, QUIET } from "./figure.ts";
import {
  caption,
  type ChartOptions,
  nothing,
  pick,
  shorten,
  SIGNALS,
  spanOf,
  timeScale,
  WIDTH,
} from "./parts.ts";

/** The states of the system over time, a row for each. */
export function systemState(frame: pl.DataFrame, options: ChartOptions = {}): string {
  const { width = WIDTH } = options;
  const title = "State of the system";
  const [name] = pick(frame, SIGNALS.state, options);
  const { times } = rowsOf(frame);
  const axis = axisOf(times, 400);
  if (name === undefined || axis === null) return nothing(title, "no such signal", options);
  const { codes, states } = statesOf(frame, name);
  const seen = states.map(() => new Uint8Array(Math.ceil((axis.to - axis.from) / axis.step)));
  codes.forEach((code, i) => {
    if (code >= 0) seen[code]![Math.floor((times[i]! - axis.from) / axis.step)] = 1;
  });
  const runs: { state: string; first: number; last: number }[] = [];
  seen.forEach((pixels, code) =>
    pixels.forEach((isSeen, pixel) => {
      if (isSeen === 0) return;
      const run = runs.at(-1);
      if (run?.state === states[code] && run?.last === pixel - 1) run!.last = pixel;
      else runs.push({ state: states[code]!, first: pixel, last: pixel });
    })
  );
  const all = states.toSorted(compareNatural);
  const time = (pixel: number) => new Date(axis.from + pixel * axis.step);
  const plot = draw({
    width,
    height: 56 + Math.max(1, all.length) * 22,
    marginLeft: 110,
    marginTop: 10,
    marginBottom: 40,
    x: timeScale(axis, 6),
    y: { domain: all, label: null, tickFormat: (state: string) => shorten(state, 16), tickSize: 0 },
    marks: [
      Plot.frame({ stroke: QUIET, strokeOpacity: 0.3 }),
      Plot.barX(runs, {
        x1: (d: { first: number }) => time(d.first),
        x2: (d: { last: number }) => time(d.last + 1),
        y: "state",
        fill: COLORS[0]!,
        insetTop: 3,
        insetBottom: 3,
      }),
    ],
  });
  return figure([plot], {
    title,
    description: `When the system was in which state (${all.join(", ")}), ${spanOf(axis)}.`,
    caption: caption(options, spanOf(axis), "A bar: the system said that it was in this state"),
  }, width);
}

/** The states that a column names, and which of them each row has; -1 for none. */
function statesOf(frame: pl.DataFrame, name: string): { codes: Float64Array; states: string[] } {
  const text = pl.col(name).cast(pl.Utf8);
  const states = frame.select(text.alias("state")).unique().dropNulls().getColumn("state")
    .toArray().sort() as string[];
  const code = states.reduce(
    (found: pl.Expr, state, i) => pl.when(text.eq(pl.lit(state))).then(pl.lit(i)).otherwise(found),
    pl.lit(-1),
  );
  const [codes] = valuesOf(frame.select(code.alias("code")), ["code"]);
  return { codes: codes!, states };
}
