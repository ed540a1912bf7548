/**
 * Distinct lists of pairs: a trie over pairs leads from a row's pairs to its list, exactly, without a
 * string or an array in between.
 *
 * @module
 */
import { NeedsImport } from "../errors.ts";
import { PairMap } from "./pair_map.ts";
import { TextSet } from "./text_set.ts";

/** A list of pairs. */
export type PairList = readonly (readonly [first: string, second: string])[];

/** The most pairs that a list may have: each list that begins a longer one is kept too. */
const MAX_PAIRS = 1000;

/** The lists that were met. */
export class ListDictionary {
  /** Each code's list; code 0 is the empty one. */
  readonly lists: PairList[] = [[]];
  /** The texts in pairs. */
  readonly texts: TextSet = new TextSet();
  /** The code + 1 that follows a code and a pair's number. */
  readonly next: PairMap = new PairMap();
  /** The number + 1 of each pair of text ids. */
  readonly #numbers = new PairMap();
  readonly #pairs: (readonly [string, string])[] = [];
  readonly #ignored: string;

  /** @param ignored Pairs with this first text are left out of lists. */
  constructor(ignored: string) {
    this.#ignored = ignored;
  }

  /** How many distinct pairs there are; their numbers are below. */
  get pairCount(): number {
    return this.#pairs.length;
  }

  /** The number of a pair of texts, which are given by their ids. */
  numberOf(first: number, second: number): number {
    const known = this.#numbers.get(first, second);
    if (known > 0) return known - 1;
    this.#pairs.push([this.texts.text(first), this.texts.text(second)]);
    this.#numbers.set(first, second, this.#pairs.length);
    return this.#pairs.length - 1;
  }

  /**
   * The code of a list with one pair more.
   *
   * @throws {NeedsImport} If the list would be longer than lists may be.
   */
  extend(code: number, pair: number): number {
    const known = this.next.get(code, pair);
    if (known > 0) return known - 1;
    const [list, added] = [this.lists[code]!, this.#pairs[pair]!];
    if (list.length >= MAX_PAIRS) throw new NeedsImport(`more than ${MAX_PAIRS} tags in a row`);
    const next = added[0] === this.#ignored ? code : this.lists.push([...list, added]) - 1;
    this.next.set(code, pair, next + 1);
    return next;
  }
}
