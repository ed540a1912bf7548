/**
 * The other writer: the same tables as polars frames, written by polars with all of its codecs.
 *
 * @module
 */
import pl from "nodejs-polars";
import { createSpans, fillOf, fillRows, type Spans } from "./grid.ts";
import type { HourTable, WriteHour } from "./hour_file.ts";
import type { TableOptions } from "./options.ts";
import { type Values, valueText } from "../telemetry/mod.ts";

/**
 * Makes an hour of a module a frame.
 *
 * @returns A frame of 3,600 s / interval rows: timestamp (datetime, us, UTC), phase, module, and
 * the signals' columns (float64 or text).
 */
function frameOf(
  { hour, firstRow, phase, module, columns }: HourTable,
  { interval, maxGap, fill }: TableOptions,
  values: Values,
): pl.DataFrame {
  const rows = 3600 / interval;
  const spans = createSpans(rows);
  const times = Array.from({ length: rows }, (_, i) => (hour + i * interval) * 1e6);
  const series = columns.map(({ name, kind, track }) => {
    fillRows(track, firstRow, rows, fillOf(kind, fill), Math.floor(maxGap / interval), spans);
    return kind === "numeric"
      ? pl.Series(name, cells(spans, (value) => value), pl.Float64)
      : pl.Series(name, cells(spans, (id) => valueText(values, id)), pl.Utf8);
  });
  return pl.DataFrame([
    pl.Series("timestamp", times, pl.Int64).cast(pl.Datetime("us", "UTC")),
    pl.Series("phase", Array(rows).fill(phase), pl.Utf8),
    pl.Series("module", Array(rows).fill(module), pl.Utf8),
    ...series,
  ]);
}

function cells<T>(spans: Spans, cell: (value: number) => T): (T | null)[] {
  const found: (T | null)[] = [];
  for (let i = 0; i < spans.length; i++) {
    const value = spans.values[i]!;
    const filled = value !== value ? null : cell(value);
    for (let k = spans.lengths[i]!; k > 0; k--) found.push(filled);
  }
  return found;
}

/** Makes a writer that goes through polars. */
export function createPolarsWriter(options: TableOptions, values: Values): WriteHour {
  const compression = options.compression === "none" ? "uncompressed" : options.compression;
  return (table) => {
    const bytes = frameOf(table, options, values).writeParquet({ compression });
    return new Uint8Array(bytes);
  };
}
