/**
 * Distinct lists of pairs. A trie leads from a row's pairs to the code of its list, without
 * building a string or an array for the row.
 *
 * @module
 */
import { NeedsImport } from "../errors.ts";
import { PairMap } from "./pair_map.ts";
import { TextSet } from "./text_set.ts";

/** A list of pairs. */
export type PairList = readonly (readonly [first: string, second: string])[];

/** The most pairs that a list may have, because every prefix of a list is kept too. */
const MAX_PAIRS = 1000;

/** The distinct lists read so far, each with a code. */
export class ListDictionary {
  /** Each code's list; code 0 is the empty one. */
  readonly lists: PairList[] = [[]];
  /** The distinct texts in pairs. */
  readonly texts: TextSet = new TextSet();
  /**
   * The trie: maps the code of a list and the number of a pair to the code + 1 of the longer list.
   */
  readonly next: PairMap = new PairMap();
  /** The number + 1 of each pair of text ids. */
  readonly #numbers = new PairMap();
  readonly #pairs: (readonly [string, string])[] = [];
  readonly #ignored: string;

  /**
   * Makes a dictionary that contains only the empty list.
   *
   * @param ignored Pairs with this first text are left out of lists.
   */
  constructor(ignored: string) {
    this.#ignored = ignored;
  }

  /** How many distinct pairs there are, numbered from 0. */
  get pairCount(): number {
    return this.#pairs.length;
  }

  /** The number of a pair, given the ids of its texts; a new pair gets a new number. */
  numberOf(first: number, second: number): number {
    const known = this.#numbers.get(first, second);
    if (known > 0) return known - 1;
    this.#pairs.push([this.texts.text(first), this.texts.text(second)]);
    this.#numbers.set(first, second, this.#pairs.length);
    return this.#pairs.length - 1;
  }

  /**
   * The code of a list after one more pair. An ignored pair does not change the code.
   *
   * @throws {NeedsImport} If the list becomes too long.
   */
  extend(code: number, pair: number): number {
    const known = this.next.get(code, pair);
    if (known > 0) return known - 1;
    const list = this.lists[code]!;
    const added = this.#pairs[pair]!;
    if (list.length >= MAX_PAIRS) throw new NeedsImport(`more than ${MAX_PAIRS} tags in a row`);
    const next = added[0] === this.#ignored ? code : this.lists.push([...list, added]) - 1;
    this.next.set(code, pair, next + 1);
    return next;
  }
}
