/**
 * A file whose footer says too little is read once before its days are built: which days it has,
 * and which of its rows are no reading.
 *
 * @module
 */
import type { RejectedRow } from "./malformed.ts";
import { type Layout, type ReadBytes, readLayout, type RowGroup } from "./layout.ts";
import { createWords } from "./columns.ts";
import { createScratch } from "./scratch.ts";
import { type AllRows, readRows } from "./rows.ts";
import { DAY, secondAt } from "./timestamps.ts";

/**
 * Reads a whole file.
 *
 * @param size The file's size in bytes.
 * @param reject Receives every row that is no reading, in order.
 * @throws {Unsupported} If the general reader must take the file.
 * @throws {Error} If it is broken.
 */
export function scanFile(
  read: ReadBytes,
  size: number,
  reject: (row: RejectedRow) => void,
): Layout {
  const layout = readLayout(read, size, true);
  const buffers = {
    arena: { bytes: new Uint8Array(1 << 20), at: 0 },
    scratch: createScratch(),
    words: createWords(),
  };
  const [groups, days]: [RowGroup[], Set<number>] = [[], new Set()];
  for (const group of layout.groups) {
    buffers.arena.at = 0;
    const columns = group.chunks.map(({ offset, size }) => read(offset, size));
    const seconds: number[] = [];
    const isTime = (view: DataView, at: number) =>
      !Number.isNaN(seconds[at / 8] = secondAt(view, at, layout.unit));
    const rows = readRows(columns, layout, group, buffers, isTime, false);
    const { bad } = rows;
    bad?.forEach((isBad, row) => {
      if (isBad === 1) reject(rows.describe(row));
    });
    let [first, last] = [Infinity, -Infinity];
    const isUsed = usedTimes(rows);
    for (const second of seconds.filter((_, code) => isUsed[code] === 1)) {
      [first, last] = [Math.min(first, second), Math.max(last, second)];
      days.add(Math.floor(second / DAY) * DAY);
    }
    if (first <= last) groups.push({ ...group, first, last });
  }
  const [first, last] = [groups[0]?.first ?? 0, groups[0]?.last ?? 0];
  return {
    ...layout,
    first: groups.reduce((least, group) => Math.min(least, group.first), first),
    last: groups.reduce((most, group) => Math.max(most, group.last), last),
    days: [...days].sort((a, b) => a - b),
    groups,
    scanned: true,
  };
}

/** For each timestamp 1 if a row that is a reading has it. */
function usedTimes({ count, times, stamps, bad }: AllRows): Uint8Array {
  const used = new Uint8Array(stamps.byteLength / 8);
  for (let row = 0; row < count; row++) if (bad === null || bad[row] === 0) used[times[row]!] = 1;
  return used;
}
