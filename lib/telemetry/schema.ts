/**
 * What a parquet file's four columns are, from its schema.
 *
 * @module
 */
import type { Nesting } from "../parquet/mod.ts";
import { Unsupported } from "../errors.ts";
import type { TimeUnit } from "./timestamps.ts";

/** The columns that are read, in the order that everything about them keeps. */
export const COLUMNS = ["timestamp", "payload_type", "value", "tags"] as const;

/** What a stored value is. */
export type Physical = "text" | "float" | "double" | Integer;

/** Whole numbers; 96 bits are an instant of old: nanoseconds of a day, and the day. */
export type Integer = "int32" | "uint32" | "int64" | "uint64" | "int96";

/** A column as it is stored: a leaf of the schema. */
export interface Leaf extends Nesting {
  /** Its place among all leaves, and so among the chunks of a row group. */
  index: number;
  /** What its values are. */
  type: Physical;
}

/** How tags are nested, and from which definition level on their parts are there. */
export interface TagsShape {
  /** JSON text, a list of lists of text, or a list of structs. */
  form: "json" | "lists" | "structs";
  /** The list of tags. */
  list: number;
  /** A tag in it, even if that is null. */
  item: number;
  /** A tag that is not null. */
  tag: number;
  /** Whether a struct has its key before its value. */
  keyFirst: boolean;
}

/** What a file's columns are. */
export interface Schema {
  /** Timestamp, payload type, value; then tags, or their keys and values. */
  leaves: Leaf[];
  /** How tags are nested. */
  tags: TagsShape;
  /** What the timestamps count. */
  unit: TimeUnit;
}

/** An element of a file's flat schema: a column, or a group of the elements behind it. */
export interface Element {
  /** Its name. */
  name: string;
  /** The physical type; groups have none. */
  type?: string | undefined;
  /** `REQUIRED`, `OPTIONAL` or `REPEATED`. */
  repetition_type?: string | undefined;
  /** How many elements it holds. */
  num_children?: number | undefined;
  /** What the values mean, as it is said of old. */
  converted_type?: string | undefined;
  /** What the values mean. */
  logical_type?:
    | { type: string; unit?: "MILLIS" | "MICROS" | "NANOS"; isSigned?: boolean }
    | undefined;
}

/** A schema element with what it holds. */
interface Node {
  element: Element;
  children: Node[];
  /** The number of leaves before it. */
  index: number;
}

/**
 * Finds the four columns in a file's schema.
 *
 * @throws {Unsupported} If one is of a type that the fast reader leaves to the general one.
 * @throws {Error} If one is missing.
 */
export function readSchema(elements: readonly Element[]): Schema {
  const columns = treeOf(elements).children;
  const [timestamp, payload, value, tags] = COLUMNS.map((name) => {
    const found = columns.find(({ element }) => element.name === name);
    if (found === undefined) throw new Error(`has no column '${name}'`);
    return found;
  }) as [Node, Node, Node, Node];
  const found = tagsOf(tags);
  if (timeUnit(value.element) !== "epoch") throw new Unsupported("'value' that is an instant");
  const leaves = [
    leafOf([timestamp], [...INTEGERS, "int96"]),
    leafOf([payload], ["text"]),
    leafOf([value], ["text", ...INTEGERS, "float", "double"]),
    ...found.leaves,
  ];
  return { leaves, tags: found.shape, unit: timeUnit(timestamp.element) };
}

const INTEGERS: readonly Physical[] = ["int32", "uint32", "int64", "uint64"];

/** Makes a tree of a flat schema; one that nests without end is broken. */
function treeOf(elements: readonly Element[]): Node {
  let [next, leaves] = [0, 0];
  const read = (depth: number): Node => {
    const element = elements[next++];
    if (element === undefined || depth > 100) throw new Error("has a schema that is broken");
    const node: Node = { element, children: [], index: leaves };
    const count = element.num_children ?? 0;
    if (element.type !== undefined) leaves++;
    for (let i = 0; i < count; i++) node.children.push(read(depth + 1));
    return node;
  };
  return read(0);
}

/** The leaf at the end of a path from a top-level column, if it is of one of the types. */
function leafOf(path: readonly Node[], types: readonly Physical[]): Leaf {
  const { element, index, children } = path.at(-1)!;
  const type = children.length === 0 ? physicalOf(element) : null;
  const repeats = path.filter(isRepeated).length;
  if (type === null || !types.includes(type) || (path.length === 1 && repeats > 0)) {
    const { converted_type, logical_type, type } = element;
    const name = converted_type ?? logical_type?.type ?? type ?? "group";
    throw new Unsupported(`'${path.map(({ element }) => element.name).join(".")}' of type ${name}`);
  }
  return { index, type, definition: levelOf(path), repetition: repeats };
}

/** The definition level from which on all of a path is there. */
function levelOf(path: readonly Node[]): number {
  return path.filter(({ element }) => element.repetition_type !== "REQUIRED").length;
}

function isRepeated({ element }: Node): boolean {
  return element.repetition_type === "REPEATED";
}

/** What is stored; null if that means something else than a text or a number. */
function physicalOf(element: Element): Physical | null {
  const { type, converted_type: converted = "", logical_type: logical } = element;
  if (type === "BYTE_ARRAY") {
    const isText = /^(UTF8|JSON|ENUM)?$/.test(converted) &&
      /^(STRING|JSON|ENUM)?$/.test(logical?.type ?? "");
    return isText ? "text" : null;
  }
  if (!/^(U?INT_\d+|TIMESTAMP_M[A-Z]+)?$/.test(converted)) return null;
  if (!/^(INTEGER|TIMESTAMP)?$/.test(logical?.type ?? "")) return null;
  const unsigned = converted.startsWith("U") || (logical?.type === "INTEGER" && !logical.isSigned);
  if (type === "INT32") return unsigned ? "uint32" : "int32";
  if (type === "INT64") return unsigned ? "uint64" : "int64";
  if (type === "INT96") return "int96";
  return type === "FLOAT" ? "float" : type === "DOUBLE" ? "double" : null;
}

function timeUnit({ type, logical_type: logical, converted_type: converted }: Element): TimeUnit {
  if (type === "INT96") return "ns";
  if (logical?.type === "TIMESTAMP" && logical.unit !== undefined) {
    return ({ MILLIS: "ms", MICROS: "us", NANOS: "ns" } as const)[logical.unit];
  }
  if (converted === "TIMESTAMP_MILLIS") return "ms";
  return converted === "TIMESTAMP_MICROS" ? "us" : "epoch";
}

function tagsOf(tags: Node): { leaves: Leaf[]; shape: TagsShape } {
  const shape = { list: levelOf([tags]), item: 0, tag: 0, keyFirst: true };
  if (tags.children.length === 0) {
    return { leaves: [leafOf([tags], ["text"])], shape: { form: "json", ...shape } };
  }
  const [list] = tags.children;
  const [tag] = list?.children ?? [];
  // Maps, and lists of old whose repeated group is the tag itself, are left to the other reader.
  const isList = tags.children.length === 1 && list!.children.length === 1 && isRepeated(list!) &&
    !isRepeated(tags) && !isRepeated(tag!) && !/^array$|_tuple$/.test(list!.element.name);
  if (!isList) throw new Unsupported("tags that are neither list nor text");
  const path = [tags, list!, tag!];
  const fields = tag!.children;
  const levels = { ...shape, item: levelOf([tags, list!]), tag: levelOf(path) };
  const [first] = fields;
  if (fields.length === 1 && isRepeated(first!) && first!.children.length === 1) {
    const leaf = leafOf([...path, first!, first!.children[0]!], ["text"]);
    if (leaf.repetition === 2) return { leaves: [leaf], shape: { form: "lists", ...levels } };
  }
  const [key, value] = ["key", "value"].map((name) =>
    fields.find(({ element }) => element.name === name)
  );
  const leaves = [key, value].map((field) => field && leafOf([...path, field], ["text"]));
  if (fields.length !== 2 || leaves.some((leaf) => leaf?.repetition !== 1)) {
    throw new Unsupported("tags that are neither [key, value] nor {key, value}");
  }
  const shaped = { form: "structs" as const, ...levels, keyFirst: first === key };
  return { leaves: leaves as Leaf[], shape: shaped };
}
