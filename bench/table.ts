/**
 * Tables of figures, as text.
 *
 * @module
 */
import Table from "cli-table3";

/** An empty table without colours; all columns are aligned to the right but those in `left`. */
export function createTable(head: string[], left: readonly number[] = []): Table.Table {
  const colAligns = head.map((_, k) => left.includes(k) ? "left" as const : "right" as const);
  return new Table({ head, colAligns, style: { head: [], border: [] } });
}
