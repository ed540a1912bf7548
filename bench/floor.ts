/**
 * What every such program has to do: it reads the needed bytes of every input file and writes files
 * of given sizes: `deno run -A bench/floor.ts INPUT SIZES OUTPUT`. SIZES is a JSON file with a list
 * of [path, size] pairs.
 *
 * @module
 */
import { parquetMetadata } from "hyparquet";
import { dirname, join } from "node:path";
import { walk } from "./measure.ts";

const COLUMNS = ["timestamp", "payload_type", "value", "tags"];
const TAIL = 1 << 14;

const [input, sizes, output] = Deno.args;
if (input === undefined || sizes === undefined || output === undefined) {
  throw new Error("Give INPUT, SIZES and OUTPUT.");
}

function read(file: Deno.FsFile, offset: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  file.seekSync(offset, Deno.SeekMode.Start);
  let done = 0;
  while (done < bytes.length) {
    const count = file.readSync(bytes.subarray(done));
    if (count === null) throw new Error("The file ends early.");
    done += count;
  }
  return bytes;
}

let space = new Uint8Array(1 << 20);
for (const { path, size } of walk(input)) {
  if (!path.endsWith(".parquet")) continue;
  using file = Deno.openSync(path);
  let tail = new Uint8Array(Math.min(TAIL, size));
  read(file, size - tail.length, tail);
  const length = new DataView(tail.buffer).getUint32(tail.length - 8, true) + 8;
  if (length > tail.length) read(file, size - length, tail = new Uint8Array(length));
  for (const { columns } of parquetMetadata(tail.buffer).row_groups) {
    let [from, to] = [Infinity, 0];
    for (const { meta_data: meta } of columns) {
      if (meta === undefined || !COLUMNS.includes(meta.path_in_schema[0] ?? "")) continue;
      const start = Number(meta.dictionary_page_offset ?? meta.data_page_offset);
      from = Math.min(from, start);
      to = Math.max(to, start + Number(meta.total_compressed_size));
    }
    if (to - from > space.length) space = new Uint8Array(to - from);
    read(file, from, space.subarray(0, to - from));
  }
}

const files: [path: string, size: number][] = JSON.parse(Deno.readTextFileSync(sizes));
const content = new Uint8Array(Math.max(...files.map(([, size]) => size)));
const folders = new Set<string>();
for (const [name, size] of files) {
  const path = join(output, name);
  const folder = dirname(path);
  if (!folders.has(folder)) Deno.mkdirSync(folder, { recursive: true });
  folders.add(folder);
  Deno.writeFileSync(path, content.subarray(0, size));
}
