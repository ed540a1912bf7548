/**
 * Reads columns of lists of pairs of texts as one code per row.
 *
 * @module
 */
import type { Chunk } from "./footer.ts";
import { IntBuffer } from "./int_buffer.ts";
import { FIRST, NEXT, PairReader, type Pairs } from "./list_pairs.ts";
import { ListDictionary } from "./list_dictionary.ts";
import { NeedsImport } from "../errors.ts";
import { areEqual, type RowRuns, viewOf } from "./row_runs.ts";

/** How many of its first pairs a run of rows is hashed by. */
const HASHED_PAIRS = 16;
/** The number of different hashes; a power of two. */
const HASHES = 1 << 12;

/** Reads chunks of lists of pairs: rows with equal lists get the same code in all chunks. */
export class ListReader {
  /** The lists read so far. */
  dictionary: ListDictionary;
  readonly #ignored: string;
  readonly #pairs = new PairReader();
  readonly #starts = new IntBuffer();
  readonly #origins = new IntBuffer();
  readonly #byCode = new IntBuffer();
  readonly #byHash = new IntBuffer();

  /**
   * Makes a reader that has read no list yet.
   *
   * @param ignored Pairs with this first text are left out of lists.
   */
  constructor(ignored: string) {
    this.#ignored = ignored;
    this.dictionary = new ListDictionary(ignored);
  }

  /** Forgets all lists, but keeps the buffers. */
  clear(): void {
    this.dictionary = new ListDictionary(this.#ignored);
  }

  /**
   * Reads a chunk.
   *
   * Exporters write the readings of each second four or five times, and those of the next second
   * are similar. So a run of rows is first compared with the last run of the same code and with the
   * last run of the same hash: if the pairs are equal, their codes are copied.
   *
   * @param runs Runs of rows. A run is likely to repeat the last run of the same code.
   * @param codeCount Every code of a run is below this number.
   * @param codes Receives each row's code.
   * @returns For each run, the first run that is known to have the same lists, which may be itself.
   * @throws {NeedsImport} If a list is null, or has a null or an element that is not a pair.
   * @throws {Error} If the bytes are broken.
   */
  read(
    bytes: Uint8Array<ArrayBuffer>,
    chunk: Chunk,
    { ends, codes: runCodes, length }: RowRuns,
    codeCount: number,
    codes: Int32Array<ArrayBuffer>,
  ): Int32Array<ArrayBuffer> {
    const pairs = this.#pairs.read(bytes, chunk, this.dictionary);
    const { entries, count } = pairs;
    const starts = this.#starts.atLeast(length + 1);
    const origins = this.#origins.atLeast(length);
    /** The last run of each code, and of each hash, + 1; 0 if there is none. */
    const byCode = this.#byCode.zeros(codeCount);
    const byHash = this.#byHash.zeros(HASHES);
    const runs: PairRuns = { ends, starts, entries, count, view: viewOf(entries) };
    starts[0] = 0;
    for (let i = 0; i < length; i++) {
      const row = firstRow(ends, i);
      const code = runCodes[i]!;
      const hash = hashOf(entries, starts[i]!, ends[i]! - row);
      let earlier = byCode[code]! - 1;
      if (!isRepeated(runs, earlier, i)) {
        earlier = byHash[hash]! - 1;
        if (!isRepeated(runs, earlier, i)) earlier = -1;
      }
      if (earlier >= 0) {
        codes.copyWithin(row, firstRow(ends, earlier), ends[earlier]!);
        starts[i + 1] = starts[i]! + starts[earlier + 1]! - starts[earlier]!;
        origins[i] = origins[earlier]!;
      } else {
        starts[i + 1] = codeRows(pairs, this.dictionary, row, ends[i]!, starts[i]!, codes);
        origins[i] = i;
      }
      byCode[code] = byHash[hash] = i + 1;
    }
    if (starts[length] !== count) throw new NeedsImport("lists that are not pairs");
    return origins;
  }
}

/** Runs of rows, and the pairs of their lists. */
interface PairRuns extends Pick<RowRuns, "ends">, Pick<Pairs, "entries" | "count"> {
  /** Where the pairs of each run begin, up to the current run. */
  starts: Int32Array;
  /** A view of the entries, for comparing them. */
  view: DataView;
}

function firstRow(ends: Int32Array, run: number): number {
  return run > 0 ? ends[run - 1]! : 0;
}

/** Whether a run has the same lists as the run `earlier`; false if `earlier` is negative. */
function isRepeated(
  { ends, starts, entries, count, view }: PairRuns,
  earlier: number,
  run: number,
): boolean {
  if (earlier < 0) return false;
  const rows = ends[earlier]! - firstRow(ends, earlier);
  const size = starts[earlier + 1]! - starts[earlier]!;
  const end = starts[run]! + size;
  return rows === ends[run]! - firstRow(ends, run) && end <= count &&
    (entries[end]! & 15) !== NEXT && areEqual(view, starts[earlier]!, starts[run]!, size);
}

/** Assigns codes to the rows from `row` to `end`; returns the index of the pair after them. */
function codeRows(
  pairs: Pairs,
  dictionary: ListDictionary,
  row: number,
  end: number,
  at: number,
  codes: Int32Array,
): number {
  const { entries, numbers } = pairs;
  let { cells, width } = dictionary.next;
  for (; row < end; row++) {
    if ((entries[at]! & 15) !== FIRST) throw new NeedsImport("lists that are not pairs");
    let code = 0;
    do {
      const index = entries[at++]! >>> 4;
      const pair = numbers[index]! - 1;
      const cell = code * width + pair;
      const next = pair >= 0 && pair < width && cell < cells.length ? cells[cell]! : 0;
      if (next > 0) code = next - 1;
      else {
        code = dictionary.extend(code, pair >= 0 ? pair : pairs.resolve(index));
        ({ cells, width } = dictionary.next);
      }
    } while ((entries[at]! & 15) === NEXT);
    codes[row] = code;
  }
  return at;
}

/** A hash of a run's number of rows and its first pairs. */
function hashOf(entries: Int32Array, at: number, rows: number): number {
  let hash = rows;
  for (let i = at; i < at + HASHED_PAIRS && i < entries.length; i++) {
    hash = Math.imul(hash ^ entries[i]!, 0x9e3779b1);
  }
  return (hash ^ (hash >>> 15)) & (HASHES - 1);
}
