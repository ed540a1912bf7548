/**
 * Messages in a byte stream, as a JSON text sequence (RFC 7464): a record separator, JSON and a line
 * feed for each. JSON escapes both bytes, so no text can end a message early. Anything that native
 * code prints between messages is ignored.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const RECORD_SEPARATOR = 0x1e;
const LINE_FEED = 0x0a;

/**
 * Encodes a message.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeFrame, readFrames } from "./frames.ts";
 * const stream = ReadableStream.from([encodeFrame({ text: "\u2028" })]);
 * for await (const message of readFrames(stream)) assert.deepEqual(message, { text: "\u2028" });
 * ```
 */
export function encodeFrame(message: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`\u001e${JSON.stringify(message)}\n`);
}

/**
 * Reads the messages of a stream, and ignores everything else in it.
 *
 * @throws {SyntaxError} If a message is broken.
 */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  let parts: Uint8Array[] | null = null; // null between messages
  for await (const chunk of stream) {
    let at = 0;
    while (at < chunk.length) {
      if (parts === null) {
        const start = chunk.indexOf(RECORD_SEPARATOR, at);
        if (start < 0) break;
        parts = [];
        at = start + 1;
      }
      const end = chunk.indexOf(LINE_FEED, at);
      parts.push(chunk.slice(at, end < 0 ? chunk.length : end));
      if (end < 0) break;
      yield JSON.parse(Buffer.concat(parts).toString());
      parts = null;
      at = end + 1;
    }
  }
}
