/**
 * Finds the wanted columns in a file's schema: their index among all columns, and whether they have
 * a type that can be read.
 *
 * @module
 */
import type { SchemaElement } from "hyparquet";
import { NeedsImport } from "../errors.ts";

/** The types of columns that can be read. `pairs` is a list of lists of two texts each. */
export type ColumnType = "int64" | "text" | "pairs";

/** The unit of a timestamp. */
export type TimestampUnit = "MILLIS" | "MICROS" | "NANOS";

/** A wanted column. */
export interface FoundColumn {
  /** Its index among the leaves of the schema, and so among the chunks of a row group. */
  index: number;
  /** The names from the top-level column down to the leaf, joined by dots. */
  path: string;
  /** The definition level of a value that is present. */
  maxDefinitionLevel: number;
  /** How deeply lists are nested; 0 if the column is not a list. */
  maxRepetitionLevel: number;
  /** Its unit, if it is a timestamp. */
  unit: TimestampUnit | null;
}

/** How many columns of a file a message names. */
const MAX_LISTED = 10;

/**
 * Checks that a file has each wanted column exactly once.
 *
 * @param found The names of its columns.
 * @throws {Error} If some are missing (the message says if only the case differs), or if one occurs
 * twice.
 */
export function checkColumns(found: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !found.includes(name));
  if (missing.length > 0) {
    const listed = found.slice(0, MAX_LISTED).join("', '");
    const lower = found.map((name) => name.toLowerCase());
    const why = missing.some((name) => lower.includes(name)) ? " (names are case-sensitive)" : "";
    throw new Error(`has no column '${missing.join("', '")}'; it has '${listed}'${why}`);
  }
  const twice = wanted.find((name) => found.indexOf(name) !== found.lastIndexOf(name));
  if (twice !== undefined) throw new Error(`has more than one column '${twice}'`);
}

/**
 * Finds top-level columns.
 *
 * @param wanted Their names and types.
 * @throws {NeedsImport} If one has another type.
 * @throws {Error} If some are missing or occur twice, or the schema is broken.
 */
export function findColumns(
  schema: readonly SchemaElement[],
  wanted: Readonly<Record<string, ColumnType>>,
): FoundColumn[] {
  const names: string[] = [];
  const columns = new Map<string, { index: number; elements: SchemaElement[] }>();
  for (let at = 1, index = 0; at < schema.length;) {
    const elements = schema.slice(at, endOfColumn(schema, at));
    names.push(elements[0]!.name);
    columns.set(elements[0]!.name, { index, elements });
    index += elements.filter(isLeaf).length;
    at += elements.length;
  }
  checkColumns(names, Object.keys(wanted));
  return Object.entries(wanted).map(([name, type]) => columnOf(columns.get(name)!, type));
}

function isLeaf({ num_children = 0 }: SchemaElement): boolean {
  return num_children === 0;
}

/** The index after the column at `at`, that is, after its element and all descendants. */
function endOfColumn(schema: readonly SchemaElement[], at: number): number {
  for (let missing = 1; missing > 0; missing--) {
    const element = schema[at++];
    const children = element?.num_children ?? 0;
    if (element?.name === undefined || !(children >= 0)) {
      throw new Error("has a schema that is broken");
    }
    missing += children;
  }
  return at;
}

/** The repetitions of a list of lists of texts: a group and its repeated group, twice; the text. */
const NESTED = /^(REQUIRED|OPTIONAL) REPEATED (REQUIRED|OPTIONAL) REPEATED (REQUIRED|OPTIONAL)$/;

function columnOf(
  { index, elements }: { index: number; elements: SchemaElement[] },
  type: ColumnType,
): FoundColumn {
  const leaf = elements.at(-1)!;
  const repetitions = elements.map(({ repetition_type }) => repetition_type);
  const path = elements.map(({ name }) => name).join(".");
  const top = elements[0]!.name;
  const matches = type === "pairs"
    ? NESTED.test(repetitions.join(" ")) && isText(leaf) && areLists(elements)
    : elements.length === 1 && repetitions[0] !== "REPEATED" &&
      (type === "text" ? isText(leaf) : isInteger(leaf));
  if (!matches) throw new NeedsImport(`'${top}' of another type than ${TYPE_NAMES[type]}`);
  return {
    index,
    path,
    maxDefinitionLevel: repetitions.filter((repetition) => repetition !== "REQUIRED").length,
    maxRepetitionLevel: repetitions.filter((repetition) => repetition === "REPEATED").length,
    unit: unitOf(leaf),
  };
}

const TYPE_NAMES: Record<ColumnType, string> = {
  int64: "64-bit integer or timestamp",
  text: "text",
  pairs: "list of [key, value] lists",
};

function isText({ type, converted_type, logical_type }: SchemaElement): boolean {
  return type === "BYTE_ARRAY" && /^(UTF8)?$/.test(converted_type ?? "") &&
    /^(STRING)?$/.test(logical_type?.type ?? "");
}

function isInteger({ type, converted_type, logical_type }: SchemaElement): boolean {
  const isSigned = logical_type?.type !== "INTEGER" || logical_type.isSigned;
  return type === "INT64" && isSigned && /^(INT_64|TIMESTAMP_\w+)?$/.test(converted_type ?? "") &&
    /^(INTEGER|TIMESTAMP)?$/.test(logical_type?.type ?? "");
}

/**
 * Whether both groups are lists in the three-level form, not in one of the older two-level forms.
 */
function areLists([outer, list, inner, innerList]: SchemaElement[]): boolean {
  const isList = ({ converted_type, logical_type }: SchemaElement) =>
    converted_type === "LIST" || logical_type?.type === "LIST";
  return [outer!, inner!].every(isList) &&
    [list!, innerList!].every(({ name }) => !/^array$|_tuple$/.test(name));
}

function unitOf({ converted_type, logical_type }: SchemaElement): TimestampUnit | null {
  if (logical_type?.type === "TIMESTAMP") return logical_type.unit;
  if (converted_type === "TIMESTAMP_MILLIS") return "MILLIS";
  return converted_type === "TIMESTAMP_MICROS" ? "MICROS" : null;
}
