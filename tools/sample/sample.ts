/**
 * Makes sample telemetry that looks like the real thing: a storage system that is charged by the
 * sun at noon and discharged in the evening, with readings in bursts, every row repeated four or
 * five times, silences, and a gap of an hour. Positive current is discharge.
 *
 * Each of the first four modules has a fault: a cell that deviates from the others at rest, and
 * more so under load; heat that stops the charging of all modules on the first day, with a limit of
 * 0 A; cells that report rarely; a temperature sensor that freezes for half a day. The system is in
 * the state ERROR for half an hour of the first night.
 *
 * @module
 */
import { DAY, dayName, encodeDayFile, MESSAGE_SOURCE, type Tags } from "../../lib/telemetry/mod.ts";

/** What to make. */
export interface SampleOptions {
  /** How many days. */
  days: number;
  /** How many phases. */
  phases: number;
  /** How many modules a phase has. */
  modules: number;
  /** The seed of the random numbers. */
  seed: number;
}

/** The sample in `data/`. */
export const SAMPLE: SampleOptions = { days: 2, phases: 2, modules: 2, seed: 1 };

/** The first day: 2024-07-01. */
const FIRST_DAY = 1_719_792_000;
/** A file has the readings that arrived within half an hour. */
const FILE_SPAN = 1800;
const CELLS = 14;
const CAPACITY_AH = 60;
/** States of charge at which charging and discharging end. */
const [FULL, EMPTY] = [0.98, 0.1];
const CELL_OHM = 0.0012;

/**
 * Open-circuit voltage of a cell by state of charge in tenths, as read off real modules at rest.
 */
const REST_VOLTS = [3.25, 3.418, 3.52, 3.59, 3.65, 3.705, 3.775, 3.855, 3.944, 4.04, 4.16];

/** A small generator of uniform numbers in [0, 1): mulberry32. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The faults of some modules, by their number; the others have none. */
const [WEAK, HOT, SPARSE, FROZEN] = [0, 1, 2, 3];

/** When something happens on the first day, in hours. */
const ERROR_HOURS = [3.1, 3.6] as const;
const LIMIT_HOURS = [12.5, 12.75] as const;
const FROZEN_HOURS = [1, 15.4] as const;

interface Module {
  phase: string;
  module: string;
  charge: number;
  kelvinAbove: number;
  /** What the sensor of the battery reports. */
  sensed: string;
  cells: { offset: number; weakness: number }[];
}

/** A number as the exporter writes it: a float32, printed as float64. */
function text(value: number, step: number): string {
  const number = Math.fround(Math.round(value / step) * step);
  return Number.isInteger(number) ? `${number}.0` : String(number);
}

function restVolts(charge: number): number {
  const at = Math.min(9, Math.max(0, Math.floor(charge * 10)));
  const [low, high] = [REST_VOLTS[at]!, REST_VOLTS[at + 1]!];
  return low + (high - low) * (charge * 10 - at);
}

/**
 * Current out of a module in amperes: negative at noon, when it is charged, positive in the
 * evening.
 */
function current(hour: number): number {
  if (hour >= 9 && hour < 14) return -9 * Math.sin(((hour - 9) / 5) * Math.PI);
  if (hour >= 18 && hour < 22.5) return 11 * Math.sin(((hour - 18) / 4.5) * Math.PI);
  return 0;
}

/** Rows that were collected for a file, every distinct text once. */
interface Rows {
  columns: Record<"timestamp" | "payload" | "value" | "tags", Column>;
  add(time: number, payload: string, value: string, tags: Tags): void;
}

interface Column {
  // deno-lint-ignore no-explicit-any -- each column has its own type of value
  dictionary: any[];
  codes: number[];
  known: Map<unknown, number>;
}

function createRows(): Rows {
  const column = (): Column => ({ dictionary: [], codes: [], known: new Map() });
  const columns = { timestamp: column(), payload: column(), value: column(), tags: column() };
  const put = ({ dictionary, codes, known }: Column, key: unknown, value: unknown) => {
    codes.push(known.getOrInsertComputed(key, () => dictionary.push(value) - 1));
  };
  return {
    columns,
    add(time, payload, value, tags) {
      put(columns.timestamp, time, BigInt(time));
      put(columns.payload, payload, payload);
      put(columns.value, value, value);
      put(columns.tags, tags, tags);
    },
  };
}

type Reading = readonly [time: number, payload: string, value: string, tags: Tags];

/**
 * Makes the day files of a sample.
 *
 * @param put Receives each file's name and bytes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { makeSample } from "./sample.ts";
 * let files = 0;
 * makeSample({ days: 1, phases: 1, modules: 1, seed: 7 }, () => files++);
 * assert.ok(files === 48);
 * ```
 */
export function makeSample(
  { days, phases, modules, seed }: SampleOptions,
  put: (name: string, bytes: Uint8Array) => void,
): void {
  const random = generator(seed);
  const between = (low: number, high: number) => low + (high - low) * random();
  /** Seconds until the next burst: sometimes a minute or two, rarely more. */
  const silence = () => {
    const kind = random();
    return kind < 0.003 ? between(150, 420) : kind < 0.02 ? between(60, 150) : between(10, 24);
  };
  const source = [MESSAGE_SOURCE, "master"] as const;
  const system: Tags = [source];
  const debug = ["cb_temp_core", "cb_temp_mcp9701"]
    .map((key): Tags => [["debug_value_key", key], source]);
  const phaseTags = Array.from({ length: phases }, (_, p): Tags => [["phase", `${p + 1}`], source]);
  const all = phaseTags.flatMap((_, p) =>
    Array.from({ length: modules }, (_, m): Module => ({
      phase: `${p + 1}`,
      module: `${m + 1}`,
      charge: between(0.45, 0.6),
      kelvinAbove: 0,
      sensed: "",
      cells: Array.from({ length: CELLS }, (_, c) => ({
        // One cell has lost capacity: it is low at rest, and its voltage drops more under load.
        ...(p * modules + m === WEAK && c === 8
          ? { offset: -0.125, weakness: 0.35 }
          : { offset: between(-0.004, 0.004), weakness: between(0, 0.03) }),
      })),
    }))
  );
  const tagsOf = all.map(({ phase, module }) => {
    const place = [["phase", phase], ["module", module]] as const;
    const battery = ["battery", "1"] as const;
    return {
      module: [...place, source] as Tags,
      battery: [...place, battery, source] as Tags,
      sensor: [...place, battery, ["sensor", "1"], source] as Tags,
      cells: Array.from(
        { length: CELLS },
        (_, c): Tags => [...place, battery, ["cell", `${c + 1}`], source],
      ),
    };
  });

  const end = FIRST_DAY + days * DAY;
  const gapStart = FIRST_DAY + 15.5 * 3600;
  let rows = createRows();
  let fileStart = FIRST_DAY;
  const next = { temperature: 0, cells: 0, sparseCells: 0, counts: 0 };
  let before = FIRST_DAY;

  /** All readings of one second. */
  const hear = (time: number): Reading[] => {
    const hour = (time % DAY) / 3600;
    const isDuring = ([from, to]: readonly [number, number], module: number) =>
      module < all.length && time < FIRST_DAY + DAY && hour >= from && hour < to;
    const isLimited = isDuring(LIMIT_HOURS, HOT);
    const wanted = isLimited ? 0 : current(hour);
    const load = Math.abs(wanted) < 0.05 ? 0 : wanted;
    const ambient = 21 + 3 * Math.sin(((hour - 9) / 24) * 2 * Math.PI);
    const passed = time - before;
    before = time;
    const state = isDuring(ERROR_HOURS, 0) ? "ERROR" : load !== 0 ? "RUN" : "IDLE";
    const readings: Reading[] = [
      [time, "system_state", state, system],
      [time, "system_timing_worst_us", "45.62963104248047", system],
      [time, "system_frequency_freq_hz", text(50 + between(-0.03, 0.03), 0.01), system],
      [time, "system_derating_charging_amp", isLimited ? "0.0" : "80.00983428955078", system],
      [time, "system_derating_discharging_amp", "98.0", system],
    ];
    const [warm, cells, sparseCells, counts] = [
      next.temperature,
      next.cells,
      next.sparseCells,
      next.counts,
    ].map((t) => time >= t);
    if (warm) next.temperature = time + Math.round(between(30, 120));
    if (cells) next.cells = time + Math.round(between(150, 280));
    if (sparseCells) next.sparseCells = time + Math.round(between(7000, 9500));
    if (counts) next.counts = time + 720;
    // A full module takes no more, an empty one gives no more.
    const amperes = all.map(({ charge }) =>
      (load < 0 ? charge >= FULL : charge <= EMPTY) ? 0 : load
    );
    phaseTags.forEach((tags, p) => {
      const own = amperes.slice(p * modules, (p + 1) * modules);
      // It is not a sum: it follows the strongest module.
      const strongest = own.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
      readings.push([time, "phase_current", text(strongest + between(0.03, 0.07), 0.01), tags]);
      if (counts) readings.push([time, "phase_module_count", `${modules}`, tags]);
    });
    if (counts) readings.push([time, "phase_count", `${phases}`, system]);
    all.forEach((module, i) => {
      const { module: own, battery, sensor, cells: cellTags } = tagsOf[i]!;
      const amps = amperes[i]!;
      module.charge -= (amps * passed) / 3600 / CAPACITY_AH;
      // Heat follows the square of the current with a time constant of 40 minutes.
      const target = 0.09 * amps * amps * (i === HOT ? 2.5 : 1);
      module.kelvinAbove += (target - module.kelvinAbove) * (1 - Math.exp(-passed / 2400));
      const rest = restVolts(module.charge);
      const volts = module.cells.map(({ offset, weakness }) =>
        rest + offset - amps * CELL_OHM * (1 + 10 * weakness) +
        weakness * (module.charge - 0.6) * 0.1
      );
      const total = volts.reduce((sum, cell) => sum + cell, 0);
      const celsius = ambient + module.kelvinAbove;
      if (!isDuring(FROZEN_HOURS, FROZEN) || i !== FROZEN) module.sensed = text(celsius, 0.01);
      readings.push(
        [time, "module_voltage", text(total + between(0.115, 0.125), 0.01), own],
        [time, "module_current", text(amps + between(-0.06, 0.06), 0.1), own],
        [time, "module_state_of_charge", text(module.charge + between(0, 0.0005), 0.0005), own],
        [time, "battery_voltage", text(total + between(-0.005, 0.005), 0.01), battery],
      );
      if (warm) {
        readings.push(
          [time, "module_temperature", text(celsius - 0.4, 0.01), own],
          [time, "battery_sensor_temperature", module.sensed, sensor],
        );
      }
      if (i === SPARSE ? sparseCells : cells) {
        volts.forEach((cell, c) =>
          readings.push([
            time,
            "cell_voltage",
            text(cell + between(-0.0006, 0.0006), 0.001),
            cellTags[c]!,
          ])
        );
      }
    });
    if (warm) {
      debug.forEach((tags, i) =>
        readings.push([time, "debug_value", text(ambient + 28 - 10 * i, 0.124), tags])
      );
    }
    return readings;
  };

  const endFile = () => {
    if (rows.columns.timestamp.codes.length > 0) {
      const day = dayName(fileStart);
      const clock = new Date(fileStart * 1000).toISOString().slice(11, 19).replaceAll(":", "-");
      const name = `${day.replaceAll("-", "/")}/telemetry-sample-${day}-${clock}.parquet`;
      const { timestamp, payload, value, tags } = rows.columns;
      const coded = (column: Column) => ({ ...column, codes: Int32Array.from(column.codes) });
      put(
        name,
        encodeDayFile({
          timestamp: coded(timestamp),
          payload: coded(payload),
          value: coded(value),
          tags: coded(tags),
        }),
      );
    }
    rows = createRows();
    fileStart += FILE_SPAN;
  };
  for (let time = FIRST_DAY + 3; time < end;) {
    const burst = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, i) => hear(time + i));
    // A file is closed before a burst has been repeated for the last time, so files overlap.
    const copies = 4 + Math.floor(random() * 2);
    for (let copy = 0; copy < copies; copy++) {
      if (time >= fileStart + FILE_SPAN && copy >= 2) endFile();
      for (const reading of burst.flat()) rows.add(...reading);
    }
    time += burst.length + Math.round(silence());
    if (time >= gapStart && time < gapStart + 3600) time = gapStart + 3603;
  }
  endFile();
}
