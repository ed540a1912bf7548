// deno-lint-ignore-file no-console -- a command
/**
 * Makes a long history from a few day folders by moving their timestamps, so that whole runs on
 * months of telemetry can be measured where only a few days are available:
 *
 * ```sh
 * deno run -A bench/history.ts --days 78 --from 2024-05-01 --out HISTORY \
 *   ../telemetry/2024/06/18 ../telemetry/2024/07/{13,14}
 * ```
 *
 * The day folders (paths that end in YYYY/MM/DD) follow each other in the given order, again and
 * again; give one several times to make it weigh more. Only the page with a file's distinct
 * timestamps is written again. All other pages, also of columns that nobody reads, are copied byte
 * for byte, and the footer keeps its form: a copy is as much work for a reader as the original.
 *
 * @module
 */
import { deserializeTCompactProtocol } from "hyparquet/src/thrift.js";
import { snappyUncompress } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { snappyCompress } from "hyparquet-writer/src/snappy.js";
import { serializeTCompactProtocol } from "hyparquet-writer/src/thrift.js";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { parseTask } from "../tools/task.ts";

const DAY = 86_400;
/** The magic number, and the footer's length with the magic number again. */
const [HEAD, TAIL] = [4, 8];
const [SNAPPY, INT64, DICTIONARY_PAGE] = [1, 2, 2];

/** A Thrift struct as hyparquet returns it: its fields by number, `field_1` and so on. */
// deno-lint-ignore no-explicit-any -- as hyparquet types it
type Struct = Record<string, any>;

/** How many units of a file's timestamps a second has, by the size of one of them. */
function perSecond(time: bigint): bigint {
  const exponent = [10n ** 11n, 10n ** 14n, 10n ** 17n].filter((limit) => time >= limit).length;
  return 1000n ** BigInt(exponent);
}

/** Moves PLAIN 64-bit timestamps. */
function moveTimes(bytes: Uint8Array, seconds: number): Uint8Array {
  const moved = bytes.slice();
  const view = new DataView(moved.buffer);
  for (let at = 0; at < moved.length; at += 8) {
    const time = view.getBigInt64(at, true);
    view.setBigInt64(at, time + BigInt(seconds) * perSecond(time), true);
  }
  return moved;
}

/**
 * Moves all timestamps of a file in the exporters' dialect: one row group, the timestamps first, in
 * one dictionary page, compressed by snappy.
 *
 * @throws {Error} If the file is of another form.
 */
export function moveFile(file: Uint8Array<ArrayBuffer>, seconds: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const end = file.length - TAIL - view.getUint32(file.length - TAIL, true);
  const footer: Struct = deserializeTCompactProtocol({ view, offset: end });
  const [group, ...others]: Struct[] = footer.field_4;
  const chunks = group?.field_1.map((column: Struct) => column.field_3) as Struct[] | undefined;
  const times = chunks?.[0];
  const reader = { view, offset: HEAD };
  const header: Struct = deserializeTCompactProtocol(reader);
  if (
    others.length > 0 || times === undefined || times.field_4 !== SNAPPY ||
    times.field_1 !== INT64 || header.field_1 !== DICTIONARY_PAGE ||
    new TextDecoder().decode(times.field_3[0]) !== "timestamp"
  ) throw new Error("is not in the exporters' dialect, whose timestamps come first");

  const page = new Uint8Array(header.field_2);
  const rest = reader.offset + header.field_3;
  snappyUncompress(file.subarray(reader.offset, rest), page);
  const packed = snappyCompress(moveTimes(page, seconds));
  const out = new ByteWriter(file.length + 1024);
  out.appendBytes(file.subarray(0, HEAD));
  header.field_3 = packed.length;
  if (header.field_4 !== undefined) header.field_4 = crc32(packed) | 0;
  serializeTCompactProtocol(out, header);
  const headerChange = out.offset - reader.offset;
  out.appendBytes(packed);
  const change = out.offset - rest;
  out.appendBytes(file.subarray(rest, end));

  for (const statistic of ["field_1", "field_2", "field_5", "field_6"]) {
    const bytes: Uint8Array | undefined = times.field_12?.[statistic];
    if (bytes !== undefined) times.field_12[statistic] = moveTimes(bytes, seconds);
  }
  times.field_6 += BigInt(headerChange); // total_uncompressed_size
  times.field_7 += BigInt(change); // total_compressed_size
  group!.field_2 += BigInt(headerChange);
  if (group!.field_6 !== undefined) group!.field_6 += BigInt(change);
  // It would be written as an integer of another size; readers do not need it.
  delete group!.field_7; // ordinal
  const move = (struct: Struct, field: string) => {
    if (struct[field] > HEAD) struct[field] += BigInt(change);
  };
  for (const column of group!.field_1 as Struct[]) {
    for (const field of ["field_2", "field_4", "field_6"]) move(column, field);
    for (const field of ["field_9", "field_10", "field_11"]) move(column.field_3, field);
  }
  const start = out.offset;
  serializeTCompactProtocol(out, footer);
  out.appendUint32(out.offset - start);
  out.appendBytes(file.subarray(-4));
  return out.getBytes();
}

const dayName = (day: number) => new Date(day * DAY * 1000).toISOString().slice(0, 10);
const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 1000 / DAY;

/** The day in the name of a folder, counted from 1970. */
function dayOfFolder(folder: string): number {
  const [, ...parts] = /(\d{4})\/(\d{2})\/(\d{2})\/?$/.exec(folder) ?? [];
  const day = dayOf(parts.join("-"));
  if (Number.isNaN(day)) throw new Error(`${folder}: give folders that end in YYYY/MM/DD`);
  return day;
}

/**
 * Writes a history.
 *
 * @param folders The day folders that follow each other, again and again.
 * @param from The first day of the history, counted from 1970.
 * @returns How many files were written, and their bytes.
 */
export function makeHistory(
  folders: readonly string[],
  from: number,
  days: number,
  out: string,
): { files: number; bytes: number } {
  const written = { files: 0, bytes: 0 };
  for (const folder of new Set(folders)) {
    const day = dayOfFolder(folder);
    const targets = Array.from({ length: days }, (_, i) => from + i)
      .filter((_, i) => folders[i % folders.length] === folder);
    for (const { name } of [...Deno.readDirSync(folder)]) {
      const file = Deno.readFileSync(join(folder, name));
      for (const target of targets) {
        const into = join(out, dayName(target).replaceAll("-", "/"));
        Deno.mkdirSync(into, { recursive: true });
        const bytes = moveFile(file, (target - day) * DAY);
        const moved = name.replaceAll(
          /\d{4}-\d{2}-\d{2}/g,
          (date) => dayName(dayOf(date) + target - day),
        );
        Deno.writeFileSync(join(into, moved), bytes, { createNew: true });
        written.files++;
        written.bytes += bytes.length;
      }
    }
  }
  return written;
}

if (import.meta.main) {
  const { values: { days, from, out }, positionals } = parseTask(import.meta.url, {
    options: {
      days: { type: "string", default: "78" },
      from: { type: "string", default: "2024-05-01" },
      out: { type: "string" },
    },
    allowPositionals: true,
  });
  if (out === undefined || positionals.length === 0) {
    throw new Error("Give --out, a folder that is new or empty, and day folders.");
  }
  const { files, bytes } = makeHistory(positionals, dayOf(from), Number(days), out);
  console.log(`${files} files, ${(bytes / 1e6).toFixed(0)} MB`);
}
