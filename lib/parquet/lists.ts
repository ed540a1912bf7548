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
    const view = viewOf(entries);
    for (let i = 0, row = 0, at = 0; i < length; row = ends[i++]!) {
      const end = ends[i]!;
      const code = runCodes[i]!;
      const hash = hashOf(entries, at, ends[i]! - row);
      starts[i] = at;
      let earlier = byCode[code]! - 1;
      if (!repeats(i, earlier)) {
        earlier = byHash[hash]! - 1;
        if (!repeats(i, earlier)) earlier = -1;
      }
      if (earlier >= 0) {
        const from = earlier > 0 ? ends[earlier - 1]! : 0;
        codes.copyWithin(row, from, from + end - row);
        at += starts[earlier + 1]! - starts[earlier]!;
        origins[i] = origins[earlier]!;
      } else {
        at = codeRows(pairs, this.dictionary, row, end, at, codes);
        origins[i] = i;
      }
      byCode[code] = byHash[hash] = i + 1;
      starts[i + 1] = at;
    }
    if (starts[length] !== count) throw new NeedsImport("lists that are not pairs");
    return origins;

    /** Whether run `i` has the same lists as the run `earlier`; false if that is negative. */
    function repeats(i: number, earlier: number): boolean {
      if (earlier < 0) return false;
      const size = starts[earlier + 1]! - starts[earlier]!;
      const from = earlier > 0 ? ends[earlier - 1]! : 0;
      const row = i > 0 ? ends[i - 1]! : 0;
      return ends[earlier]! - from === ends[i]! - row && starts[i]! + size <= count &&
        (entries[starts[i]! + size]! & 15) !== NEXT &&
        areEqual(view, starts[earlier]!, starts[i]!, size);
    }
  }
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
