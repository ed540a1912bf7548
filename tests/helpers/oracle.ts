/**
 * A second implementation of what docs/how-it-decides.md says, as plain as possible: objects, maps
 * and loops, nothing from `lib/`. The output of the tool is compared with it value by value.
 *
 * @module
 */

/** A row of an input file. */
export interface Row {
  /** Seconds since the epoch; may have a fraction. */
  time: number;
  payload: string;
  value: string;
  tags: [string, string][];
}

export interface OracleOptions {
  interval: number;
  maxGap: number;
  fill: "hold" | "linear" | "none";
  aggregate: "mean" | "median" | "min" | "max" | "last";
}

export const DEFAULTS: OracleOptions = {
  interval: 5,
  maxGap: 300,
  fill: "hold",
  aggregate: "mean",
};

/** The expected content of an hour file: a value or null for every row of every column. */
export type Table = Map<string, (number | string | null)[]>;

interface Reading extends Row {
  phase?: string;
  module?: string;
  column: string;
  number: number;
}

const DECIMAL = /^[ \t]*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[ \t]*$/;

export function parse(text: string): number {
  const number = DECIMAL.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : NaN;
}

/** The expected hour files of some rows, by path, and the number of distinct readings in them. */
export function oracle(
  rows: Iterable<Row>,
  options: OracleOptions = DEFAULTS,
): { files: Map<string, Table>; readings: number } {
  const distinct = new Map<string, Reading>();
  for (const row of rows) {
    const about = row.tags.filter(([key]) => key !== "message_source");
    const names = about.filter(([key]) => key !== "phase" && key !== "module");
    const phase = about.find(([key]) => key === "phase")?.[1];
    const module = about.find(([key]) => key === "module")?.[1];
    const column = [row.payload, ...names.map((pair) => pair.join("_"))].join("_");
    const key = JSON.stringify([row.time, row.payload, phase, module, names, row.value]);
    if (distinct.has(key)) continue;
    distinct.set(key, {
      ...row,
      column,
      number: parse(row.value),
      ...(phase !== undefined && { phase }),
      ...(module !== undefined && { module }),
    });
  }
  const counts = new Map<string, [number: number, text: number]>();
  for (const { payload, number } of distinct.values()) {
    const [numbers, texts] = counts.get(payload) ?? [0, 0];
    counts.set(payload, Number.isNaN(number) ? [numbers, texts + 1] : [numbers + 1, texts]);
  }
  const isText = (payload: string) => counts.get(payload)![1] > counts.get(payload)![0];
  // The same number in another notation is the same value.
  const numbers = new Set<string>();
  const isNew = ({ time, payload, phase, module, tags, number }: Reading) => {
    const others = tags.filter(([key]) => !["message_source", "phase", "module"].includes(key));
    const key = JSON.stringify([time, payload, phase, module, others, number]);
    return !numbers.has(key) && numbers.add(key);
  };
  const readings = [...distinct.values()].filter((reading) =>
    !(reading.module !== undefined && reading.phase === undefined) &&
    (isText(reading.payload) || !Number.isNaN(reading.number) && isNew(reading))
  );

  const modules = new Map<string, { phase: string; module: string }>();
  for (const { phase, module } of readings) {
    if (phase !== undefined && module !== undefined) {
      modules.set(JSON.stringify([phase, module]), { phase, module });
    }
  }
  const files = new Map<string, Table>();
  for (const place of modules.values()) {
    const own = readings.filter(({ phase, module }) =>
      (phase === undefined || phase === place.phase) &&
      (module === undefined || module === place.module)
    );
    for (const [path, table] of moduleTables(place, own, isText, options)) files.set(path, table);
  }
  return { files, readings: readings.length };
}

function moduleTables(
  { phase, module }: { phase: string; module: string },
  readings: Reading[],
  isText: (payload: string) => boolean,
  options: OracleOptions,
): Map<string, Table> {
  const { interval, maxGap, fill } = options;
  const gap = Math.floor(maxGap / interval);
  const perHour = 3600 / interval;
  const hours = new Set<number>();
  const columns = new Map<string, Reading[]>();
  for (const reading of readings) {
    if (reading.module !== undefined) hours.add(Math.floor(reading.time / 3600));
    if (!columns.has(reading.column)) columns.set(reading.column, []);
    columns.get(reading.column)!.push(reading);
  }
  const collator = new Intl.Collator("en", { numeric: true });
  const names = [...columns.keys()].sort((a, b) => collator.compare(a, b));
  const tables = new Map<string, Table>();
  const sorted = [...hours].sort((a, b) => a - b);
  for (const hour of sorted) {
    const time = new Date(hour * 3600_000).toISOString();
    const path = `${escape(phase)}_${escape(module)}/${
      time.slice(0, 13).replace(/[-T]/g, "/")
    }.parquet`;
    const grid = Array.from({ length: perHour }, (_, i) => (hour * 3600 + i * interval) * 1e6);
    tables.set(
      path,
      new Map<string, (number | string | null)[]>([
        ["timestamp", grid],
        ["phase", grid.map(() => phase)],
        ["module", grid.map(() => module)],
      ]),
    );
  }
  const paths = [...tables.keys()];
  for (const name of names) {
    const list = columns.get(name)!;
    const text = list.some(({ payload }) => isText(payload));
    const buckets = new Map<number, Reading[]>();
    for (const reading of list) {
      const bucket = Math.floor(reading.time / interval);
      if (!buckets.has(bucket)) buckets.set(bucket, []);
      buckets.get(bucket)!.push(reading);
    }
    const order = [...buckets.keys()].sort((a, b) => a - b);
    const values = order.map((bucket) =>
      text ? latest(buckets.get(bucket)!) : reduce(buckets.get(bucket)!, options.aggregate)
    );
    sorted.forEach((hour, h) => {
      const cells: (number | string | null)[] = [];
      let at = -1;
      while (at + 1 < order.length && order[at + 1]! < hour * perHour) at++;
      for (let row = hour * perHour; row < (hour + 1) * perHour; row++) {
        while (at + 1 < order.length && order[at + 1]! <= row) at++;
        const [last, next] = [order[at] ?? -Infinity, order[at + 1] ?? Infinity];
        const [from, to] = [values[at]!, values[at + 1]!];
        if (last === row) cells.push(from);
        else if (fill === "hold" || (fill === "linear" && text)) {
          cells.push(row - last <= gap ? from : null);
        } else if (fill === "linear" && next - last <= gap) {
          const share = (row - last) / (next - last);
          cells.push(from as number + ((to as number) - (from as number)) * share);
        } else cells.push(null);
      }
      tables.get(paths[h]!)!.set(name, cells);
    });
  }
  return tables;
}

function escape(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => {
    const sign = String.fromCharCode(byte);
    const hex = byte.toString(16).toUpperCase().padStart(2, "0");
    return /[A-Za-z0-9-]/.test(sign) ? sign : `%${hex}`;
  }).join("");
}

function codePoints(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
  }
  return x.length - y.length;
}

function latest(readings: Reading[]): string {
  const second = Math.max(...readings.map(({ time }) => Math.floor(time)));
  return readings.filter(({ time }) => Math.floor(time) === second).map(({ value }) => value)
    .sort(codePoints).at(-1)!;
}

function reduce(readings: Reading[], aggregate: OracleOptions["aggregate"]): number {
  const ordered = readings.toSorted((a, b) => a.time - b.time || a.number - b.number);
  const numbers = ordered.map(({ number }) => number);
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  switch (aggregate) {
    case "mean":
      return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    case "min":
      return sorted[0]!;
    case "max":
      return sorted.at(-1)!;
    case "median":
      return sorted.length % 2 === 1
        ? sorted[middle]!
        : (sorted[middle - 1]! + sorted[middle]!) / 2;
    case "last": {
      const second = Math.floor(ordered.at(-1)!.time);
      return Math.max(
        ...ordered.filter(({ time }) => Math.floor(time) === second)
          .map(({ number }) => number),
      );
    }
  }
}
