/**
 * The fast reader: a day file's four columns become distinct readings by signal, in time order,
 * without a string or an object per row. It relies on how exporters write day files: one row group,
 * every column one dictionary page and one data page, nothing missing.
 *
 * - `timestamp` and `payload_type` stay what they are in the file: runs of codes.
 * - `tags` is a list of [key, value] lists. Two repetition levels say where a pair stands (0 2 for
 *   the first of a row, 1 2 for the next), and two codes make a pair; read at double width, both are
 *   one number a pair. A trie over pairs then leads from row to tag list without comparing anything.
 * - Distinct readings come from a table of [signal][second] that holds the value: equal again is a
 *   duplicate. Read out in order it gives sorted readings.
 *
 * @module
 */
import {
  type Arena,
  codeWidth,
  levelsEnd,
  openPages,
  type Pages,
  readCodes,
  readRuns,
  type Runs,
  skipAllPresent,
  Unsupported,
} from "./pages.ts";
import type { Layout } from "./layout.ts";
import { type Readings, reserveReadings, signalNumber } from "./readings.ts";
import { MESSAGE_SOURCE, type Tags } from "./tags.ts";
import { secondsIn } from "./time.ts";
import { compareValues, valueId } from "./values.ts";

/** The part of time that readings are wanted of, in seconds since the epoch. */
export interface Window {
  /** The start of the day; times are counted from here. */
  day: number;
  /** The first second wanted. */
  from: number;
  /** The first second no longer wanted. */
  to: number;
}

/** The trie of tag pairs that leads from a row's pairs to its tag list. */
interface Trie {
  /** `next[state * width + pair]` is the state behind a pair, -1 if that was not met yet. */
  next: Int32Array<ArrayBuffer>;
  /** How many pairs there is room for. */
  width: number;
  /** Each state's tags. */
  tags: Tags[];
  /** For each payload type, the signal number of each state. */
  signals: Map<string, number[]>;
  /** Pair numbers by key and value. */
  pairs: Map<string, number>;
  /** Each pair. */
  texts: (readonly [string, string])[];
}

/** What the reader keeps between the files of a day, and its buffers between days. */
export interface Reader {
  /** The readings so far. */
  readings: Readings;
  /** Tag lists met. */
  trie: Trie;
  /** Room for the uncompressed pages of a file. */
  arena: Arena;
  /** Room for the bytes of a file. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Scratch arrays of 32-bit numbers, by what they hold. */
  scratch: Map<string, Int32Array<ArrayBuffer>>;
}

/** Makes a reader. */
export function createReader(readings: Readings): Reader {
  return {
    readings,
    trie: createTrie(),
    arena: { bytes: new Uint8Array(1 << 20), at: 0 },
    bytes: new Uint8Array(1 << 17),
    scratch: new Map(),
  };
}

function createTrie(): Trie {
  const width = 64;
  return {
    next: new Int32Array(256 * width).fill(-1),
    width,
    tags: [[]],
    signals: new Map(),
    pairs: new Map(),
    texts: [],
  };
}

/** Forgets the tag lists of the day before. */
export function resetReader(reader: Reader): void {
  reader.trie = createTrie();
}

/** The most cells that the table of distinct readings may have; more seconds take more passes. */
const MOST_CELLS = 1 << 22;

/**
 * Reads the readings of one file that lie in a window.
 *
 * @param columns The bytes of the four column chunks: timestamp, payload_type, value, tags.
 * @param file A number for the file, which its blocks carry.
 * @returns How many rows of the file lie on the window's day.
 * @throws {Unsupported} If the general reader must take the file; nothing was added then.
 * @throws {Error} If the bytes are broken; nothing was added then.
 */
export function readFile(
  reader: Reader,
  columns: readonly Uint8Array<ArrayBuffer>[],
  layout: Layout,
  window: Window,
  file: number,
): number {
  const { readings, scratch } = reader;
  const { rows } = layout;
  reader.arena.at = 0;
  const [time, payload, value, tags] = columns.map((bytes, i) =>
    openPages(bytes, layout.chunks[i]!, reader.arena)
  ) as [Pages, Pages, Pages, Pages];
  // Two repetition levels of two bits make a row at least, whatever the footer claims.
  if (rows > tags.data.length * 2) {
    throw new Error(`${rows} rows claimed, ${tags.data.length} bytes of tags are there`);
  }
  const numbers = (name: string, length: number) => {
    let array = scratch.get(name);
    if (array === undefined || array.length < length) {
      scratch.set(name, array = new Int32Array(Math.ceil(length * 1.25)));
    }
    return array;
  };
  const runs = (page: Pages, i: number, name: string): Runs => {
    const into = {
      ends: numbers(name + "ends", rows + 8),
      codes: numbers(name + "codes", rows + 8),
      length: 0,
    };
    const at = layout.chunks[i]!.levels ? skipAllPresent(page.data, 0, rows, 1) : 0;
    readRuns(page.data, at, rows, numbers("run", rows + 8), into);
    return into;
  };

  const { ranks, times } = readTimes(time, layout, window);
  const timeRuns = runs(time, 0, "time");
  const payloadRuns = runs(payload, 1, "payload");
  checkCodes(timeRuns.codes, timeRuns.length, time.entries);
  checkCodes(payloadRuns.codes, payloadRuns.length, payload.entries);

  const valueCodes = numbers("value", rows);
  const valueAt = layout.chunks[2]!.levels ? skipAllPresent(value.data, 0, rows, 1) : 0;
  const valueBits = codeWidth(value.data, valueAt);
  readCodes(value.data, valueAt + 1, value.data.length, valueBits, rows, valueCodes, false);
  checkCodes(valueCodes, rows, value.entries);
  const ids = numbers("ids", value.entries);
  eachText(value, (i, from, to) => ids[i] = valueId(readings.values, value.dictionary, from, to));

  const locals = numbers("locals", rows);
  const signals = readSignals(reader, payload, payloadRuns, tags, layout, locals, numbers);

  let own = 0;
  for (let i = 0, row = 0; i < timeRuns.length; row = timeRuns.ends[i++]!) {
    const rank = ranks[timeRuns.codes[i]!]!;
    if (times[rank]! >= 0 && times[rank]! < 86400) own += timeRuns.ends[i]! - row;
  }

  // Sorting happened when the seconds were ranked: the table is written in any order, read in one.
  const before = times.findIndex((t) => t >= window.from - window.day);
  const firstRank = before < 0 ? times.length : before;
  const behind = times.findLastIndex((t) => t < window.to - window.day) + 1;
  const step = Math.max(1, Math.floor(MOST_CELLS / Math.max(1, signals.length)));
  for (let low = firstRank; low < behind; low += step) {
    const width = Math.min(step, behind - low);
    const table = numbers("table", signals.length * width);
    table.fill(0, 0, signals.length * width);
    const several: number[][] = [];
    for (let i = 0, row = 0; i < timeRuns.length; i++) {
      const end = timeRuns.ends[i]!;
      const rank = ranks[timeRuns.codes[i]!]! - low;
      if (rank < 0 || rank >= width) {
        row = end;
        continue;
      }
      for (; row < end; row++) {
        const cell = locals[row]! * width + rank;
        const id = ids[valueCodes[row]!]! + 1;
        const seen = table[cell]!;
        if (seen === 0) table[cell] = id;
        else if (seen > 0) {
          if (seen !== id) table[cell] = -several.push([seen - 1, id - 1]);
        } else if (!several[-seen - 1]!.includes(id - 1)) several[-seen - 1]!.push(id - 1);
      }
    }
    for (const list of several) list.sort((a, b) => compareValues(readings.values, a, b));
    for (let s = 0; s < signals.length; s++) {
      appendBlock(readings, signals[s]!, table, s * width, width, times, low, several, file);
    }
  }
  return own;
}

/** Appends the readings of one signal in one stretch of the table as a block. */
function appendBlock(
  readings: Readings,
  signal: number,
  table: Int32Array<ArrayBuffer>,
  cells: number,
  width: number,
  times: Float64Array<ArrayBuffer>,
  low: number,
  several: readonly number[][],
  file: number,
): void {
  reserveReadings(readings, width);
  const start = readings.length;
  let at = start;
  for (let i = 0; i < width; i++) {
    const entry = table[cells + i]!;
    if (entry === 0) continue;
    if (entry > 0) {
      readings.times[at] = times[low + i]!;
      readings.ids[at++] = entry - 1;
      continue;
    }
    const list = several[-entry - 1]!;
    readings.length = at;
    reserveReadings(readings, list.length + width - i);
    for (const id of list) {
      readings.times[at] = times[low + i]!;
      readings.ids[at++] = id;
    }
  }
  readings.length = at;
  if (at > start) readings.blocks.push(signal, start, at, file);
}

/** Every code must name an entry of its dictionary. */
function checkCodes(codes: Int32Array, count: number, entries: number): void {
  let most = -1;
  for (let i = 0; i < count; i++) if (codes[i]! > most) most = codes[i]!;
  if (most >= entries) throw new Error(`a code ${most} for a dictionary of ${entries} values`);
}

/** Calls `each` with the bounds of every text of a dictionary of byte arrays. */
function eachText(
  { dictionary, entries }: Pages,
  each: (index: number, start: number, end: number) => void,
): void {
  const view = new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength);
  if (entries > dictionary.length / 4) {
    throw new Error(`a dictionary of ${dictionary.length} bytes claims ${entries} texts`);
  }
  let at = 0;
  for (let i = 0; i < entries; i++) {
    const start = at + 4;
    const end = start + (start <= dictionary.length ? view.getUint32(at, true) : Infinity);
    if (end > dictionary.length) throw new Error("a text that is longer than its dictionary");
    each(i, start, end);
    at = end;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function texts(pages: Pages): string[] {
  const found: string[] = [];
  eachText(pages, (i, start, end) => found[i] = utf8.decode(pages.dictionary.subarray(start, end)));
  return found;
}

/**
 * The distinct instants of a file in order, as seconds since the start of the day, and the rank of
 * each dictionary entry among them.
 */
function readTimes(
  { dictionary, entries }: Pages,
  layout: Layout,
  window: Window,
): { ranks: Int32Array<ArrayBuffer>; times: Float64Array<ArrayBuffer> } {
  if (dictionary.length !== entries * 8) throw new Error("a dictionary of broken timestamps");
  const view = new DataView(dictionary.buffer, dictionary.byteOffset, dictionary.byteLength);
  const seconds = new Float64Array(entries);
  const [first, last] = [layout.first - window.day, layout.last - window.day];
  for (let i = 0; i < entries; i++) {
    const time = secondsIn(view, i * 8, layout.unit, window.day);
    if (time !== time) throw new Unsupported("a timestamp before 2000 or after 2100");
    if (time < first || time >= last + 1) {
      throw new Error("a timestamp outside the span that the footer's statistics give");
    }
    seconds[i] = time;
  }
  const all = seconds.toSorted();
  let distinct = 0;
  for (let i = 0; i < entries; i++) {
    if (i === 0 || all[i] !== all[i - 1]) all[distinct++] = all[i]!;
  }
  const times = all.subarray(0, distinct);
  const rankOf = new Map<number, number>();
  times.forEach((time, rank) => rankOf.set(time, rank));
  return { ranks: Int32Array.from(seconds, (time) => rankOf.get(time)!), times };
}

/**
 * Finds each row's signal.
 *
 * @param locals Receives, for every row, an index into the result.
 * @returns The signal numbers that occur in the file.
 */
function readSignals(
  { readings, trie, scratch }: Reader,
  payload: Pages,
  payloadRuns: Runs,
  tags: Pages,
  layout: Layout,
  locals: Int32Array<ArrayBuffer>,
  numbers: (name: string, length: number) => Int32Array<ArrayBuffer>,
): number[] {
  const payloads = texts(payload);
  const words = texts(tags);
  const levels = layout.chunks[3]!.values;
  const count = levels >>> 1;
  if (levels & 1) throw new Unsupported("tags that are not all pairs");
  if (count > tags.data.length * 2) {
    throw new Error(`${count} tags claimed, ${tags.data.length} bytes are there`);
  }

  const repetition = numbers("repetition", count);
  const definition = levelsEnd(tags.data, 0);
  readCodes(tags.data, 4, definition, 2, count, repetition, true);
  const codesAt = skipAllPresent(tags.data, definition, levels, layout.tagsLevel);
  const bits = codeWidth(tags.data, codesAt);
  if (bits > 10) throw new Unsupported("more than 1,024 distinct tag texts");
  const codes = numbers("codes", count);
  readCodes(tags.data, codesAt + 1, tags.data.length, bits, count, codes, true);

  // Pair codes of this file to pair numbers of the run.
  const pairs = numbers("pairs", 1 << (2 * bits));
  pairs.fill(-1, 0, 1 << (2 * bits));
  // [state][payload] to signals of this file; grows with the states.
  const payloadRoom = 1 << Math.ceil(Math.log2(Math.max(2, payloads.length)));
  let signalOf = numbers("signalOf", Math.max(1024, trie.tags.length + 64) * payloadRoom);
  signalOf.fill(-1);
  const known = payloads.map((payload) => {
    if (!trie.signals.has(payload)) trie.signals.set(payload, []);
    return trie.signals.get(payload)!;
  });
  const found: number[] = [];
  const localOf = new Map<number, number>();

  let { next, width } = trie;
  const pairNumber = (code: number): number => {
    const [key, text] = [words[code & ((1 << bits) - 1)], words[code >>> bits]];
    if (key === undefined || text === undefined) throw new Error("a tag that is in no dictionary");
    const name = JSON.stringify([key, text]);
    let number = trie.pairs.get(name);
    if (number === undefined) {
      number = trie.texts.push([key, text]) - 1;
      trie.pairs.set(name, number);
      if (number >= width) ({ next, width } = widen(trie));
    }
    return pairs[code] = number;
  };
  const step = (state: number, pair: number): number => {
    const text = trie.texts[pair]!;
    let to = state;
    if (text[0] !== MESSAGE_SOURCE) {
      to = trie.tags.push([...trie.tags[state]!, text]) - 1;
      if (trie.tags.length * width > next.length) ({ next, width } = lengthen(trie));
    }
    return next[state * width + pair] = to;
  };
  const newSignal = (state: number, code: number): number => {
    const number = known[code]![state] ??= signalNumber(
      readings,
      payloads[code]!,
      trie.tags[state]!,
    );
    let local = localOf.get(number);
    if (local === undefined) {
      local = found.push(number) - 1;
      localOf.set(number, local);
    }
    const cell = state * payloadRoom + code;
    if (cell >= signalOf.length) {
      const larger = new Int32Array(cell * 2).fill(-1);
      larger.set(signalOf);
      scratch.set("signalOf", signalOf = larger);
    }
    return signalOf[cell] = local;
  };

  let pair = 0;
  for (let i = 0, row = 0; i < payloadRuns.length; i++) {
    const end = payloadRuns.ends[i]!;
    const code = payloadRuns.codes[i]!;
    for (; row < end; row++) {
      if (repetition[pair] !== 8 || pair >= count) throw new Unsupported("tags that are no pairs");
      let state = 0;
      do {
        let number = pairs[codes[pair]!]!;
        if (number < 0) number = pairNumber(codes[pair]!);
        let to = next[state * width + number]!;
        if (to < 0) to = step(state, number);
        state = to;
        pair++;
      } while (pair < count && repetition[pair] === 9);
      let local = signalOf[state * payloadRoom + code];
      if (local === undefined || local < 0) local = newSignal(state, code);
      locals[row] = local;
    }
  }
  if (pair !== count) throw new Unsupported("tags that are no pairs");
  return found;
}

/** Makes room for more pairs. */
function widen(trie: Trie): Trie {
  const { next, width } = trie;
  trie.width = width * 2;
  trie.next = new Int32Array(next.length * 2).fill(-1);
  for (let state = 0; state < trie.tags.length; state++) {
    trie.next.set(next.subarray(state * width, (state + 1) * width), state * trie.width);
  }
  return trie;
}

/** Makes room for more states. */
function lengthen(trie: Trie): Trie {
  const next = new Int32Array(trie.next.length * 2).fill(-1);
  next.set(trie.next);
  trie.next = next;
  return trie;
}
