/**
 * Parses tags in the text forms that JSON, Python and DuckDB give to lists and objects. Unlike
 * `JSON.parse`, it keeps their order, repeated names, and every digit of a number.
 *
 * @module
 */
import type { Parsed } from "./malformed.ts";
import { type Nested, pairsOf } from "./pairs.ts";
import type { Tags } from "./tags.ts";

/** A way to write scalars and objects. */
interface Syntax {
  /** A name in an object. */
  name: RegExp;
  /** What follows a name. */
  colon: string;
  /** A scalar. */
  scalar: RegExp;
  /** Converts a scalar that is not quoted. */
  convert(token: string): string | null;
}

const QUOTED = String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"|'[^'\\]*(?:\\[^][^'\\]*)*'`;
const LITERAL = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?` +
  "|true|True|false|False|null|None|-?(?:NaN|nan|Infinity|inf)";

/** JSON, and lists and dictionaries as Python prints them. */
const JSON_SYNTAX: Syntax = {
  name: new RegExp(QUOTED, "y"),
  colon: ":",
  scalar: new RegExp(`${QUOTED}|${LITERAL}`, "y"),
  convert(token) {
    if (/^(null|None|-?nan)$/i.test(token)) return null; // pandas has NaN for a missing value
    if (/^-?\d+$/.test(token)) return token; // of any length
    // A decimal that float64 would round to another whole number, such as a long serial number.
    if (/^-?\d{16,}\.\d+$/.test(token)) return token.replace(/\.?0+$/, "");
    if (/^[tf]/i.test(token)) return token.toLowerCase();
    return String(Number(token.replace(/inf$/, "Infinity")));
  },
};

/** Lists and maps as DuckDB prints them: `[[phase, 1]]` and `{phase=1}`. */
const DUCKDB_SYNTAX: Syntax = {
  name: new RegExp(`${QUOTED}|[^,=[\\]{}"']+`, "y"),
  colon: "=",
  scalar: new RegExp(`${QUOTED}|[^,[\\]{}"']*`, "y"),
  convert: (token) => /^null$/i.test(token) ? null : token,
};

/**
 * Structs as DuckDB prints them: `{'phase': 1, 'module': a}`. Numbers mean the same as in JSON,
 * because a struct of nothing but numbers is printed like a dictionary in Python.
 */
const STRUCT_SYNTAX: Syntax = {
  ...JSON_SYNTAX,
  scalar: DUCKDB_SYNTAX.scalar,
  convert: (token) =>
    new RegExp(`^(?:${LITERAL})$`).test(token)
      ? JSON_SYNTAX.convert(token)
      : DUCKDB_SYNTAX.convert(token),
};

/** Pairs are nested no deeper than this. */
const MAX_DEPTH = 3;

/**
 * Parses tags.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseTags } from "./tags_text.ts";
 * const wanted = { value: [["phase", "1"]] };
 * for (const text of ['[["phase", 1]]', "{'phase': 1, 'module': None}", "[[phase, 1]]"]) {
 *   assert.deepEqual(parseTags(text), wanted);
 * }
 * ```
 */
export function parseTags(text: string): Parsed<Tags> {
  return pairsOf(
    parse(text, JSON_SYNTAX) ?? parse(text, DUCKDB_SYNTAX) ?? parse(text, STRUCT_SYNTAX),
  );
}

/** Parses a nested value; null if the text is not one in a syntax. */
function parse(text: string, { name, colon, scalar, convert }: Syntax): Nested {
  let at = 0;
  /** Moves past a character, if it comes next. */
  const skip = (char: string) => {
    while (isSpace(text.charAt(at))) at++;
    const isThere = text.charAt(at) === char;
    if (isThere) at++;
    return isThere;
  };
  const expect = (char: string) => {
    if (!skip(char)) throw new SyntaxError(`no ${char}`);
  };
  const token = (pattern: RegExp) => {
    skip("");
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found === undefined) throw new SyntaxError("no scalar");
    at += found.length;
    return /^["']/.test(found) ? unquote(found) : convert(withoutSpace(found));
  };
  const items = <T>(close: string, item: () => T) => {
    const found: T[] = [];
    if (skip(close)) return found;
    do found.push(item()); while (skip(","));
    expect(close);
    return found;
  };
  const value = (depth: number): Nested => {
    if (depth > MAX_DEPTH) throw new SyntaxError("nested too deep");
    if (skip("[")) return items("]", () => value(depth + 1));
    if (!skip("{")) return token(scalar);
    const fields = items("}", () => {
      const key = token(name) ?? "";
      expect(colon);
      return [key, value(depth + 1)] as const;
    });
    return { fields };
  };
  try {
    const found = value(0);
    expect("");
    return found;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether a character is white space. Outside ASCII, that is part of a text, like any letter. */
const isSpace = (char: string) => char !== "" && " \t\n\v\f\r".includes(char);

/** A token without the white space at its end. */
function withoutSpace(token: string): string {
  let end = token.length;
  while (isSpace(token.charAt(end - 1))) end--;
  return token.slice(0, end);
}

/** The text in quotes, with the escapes of JSON, and `\'` and `\x` of Python. */
function unquote(token: string): string {
  const json = token.slice(1, -1).replace(/\\x|\\'|\\[^]|"|\p{Cc}/gu, (char) => {
    if (char === "\\x") return "\\u00";
    if (char === "\\'") return "'";
    return char.length === 2 ? char : JSON.stringify(char).slice(1, -1);
  });
  const text: unknown = JSON.parse(`"${json}"`);
  if (typeof text !== "string" || !text.isWellFormed()) throw new SyntaxError("not Unicode");
  return text;
}
