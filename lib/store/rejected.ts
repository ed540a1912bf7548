/**
 * Files of rejected rows, as JSON lines.
 *
 * @module
 */
import type { Counts, Rejected } from "../telemetry/mod.ts";
import { type Staged, stageFile } from "./files.ts";

/** Rows are handed to the system in portions of this many. */
const ROWS_AT_ONCE = 10_000;

/** A file of rejected rows that is written as they come, into a staging folder. */
export class RejectedFile {
  /** The rows so far, by reason. */
  readonly counts: Counts = {};
  readonly #staging: string;
  readonly #path: string;
  #staged: Staged | null = null;
  #lines: string[] = [];

  /**
   * Begins a file.
   *
   * @param staging A folder that exists: see `stageFile`.
   * @param path Where the file belongs.
   */
  constructor(staging: string, path: string) {
    this.#staging = staging;
    this.#path = path;
  }

  /** Adds a row. */
  add(row: Rejected): void {
    this.counts[row.reason] = (this.counts[row.reason] ?? 0) + 1;
    if (this.#lines.push(`${JSON.stringify(row)}\n`) >= ROWS_AT_ONCE) this.#flush();
  }

  /** Returns the file, to be committed; null if there were no rows. */
  end(): Staged | null {
    this.#flush();
    return this.#staged;
  }

  #flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = new TextEncoder().encode(this.#lines.join(""));
    if (this.#staged === null) this.#staged = stageFile(this.#staging, this.#path, bytes, false);
    else Deno.writeFileSync(this.#staged.tempPath, bytes, { append: true });
    this.#lines = [];
  }
}
