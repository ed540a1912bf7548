/**
 * Jupyter's messages: JSON in four parts, signed.
 *
 * @see {@link https://jupyter-client.readthedocs.io/en/stable/messaging.html}
 * @module
 */
import { createHmac } from "node:crypto";

/** A message, or as much of it as matters here. */
export interface Message {
  /** What it is about: `execute_request`, `stream`, … */
  type: string;
  /** The number of the request that it answers. */
  parent?: string;
  /** What the type says it is. */
  content: Record<string, unknown>;
}

const DELIMITER = "<IDS|MSG>";
const VERSION = "5.3";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function sign(key: string, parts: readonly Uint8Array[]): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Encodes a request with a number of one's own. */
export function encode(
  key: string,
  id: string,
  type: string,
  content: Record<string, unknown>,
): Uint8Array[] {
  const date = new Date().toISOString();
  const sender = { session: "hourgrid", username: "hourgrid", date, version: VERSION };
  const header = { msg_id: id, msg_type: type, ...sender };
  const parts = [header, {}, {}, content].map((part) => encoder.encode(JSON.stringify(part)));
  return [encoder.encode(DELIMITER), encoder.encode(sign(key, parts)), ...parts];
}

/**
 * Decodes what a kernel sent.
 *
 * @throws {Error} If it isn't a message, or not signed with the key.
 */
export function decode(key: string, frames: readonly Uint8Array[]): Message {
  // In front of the delimiter stand addresses.
  const at = frames.findIndex((frame) => decoder.decode(frame) === DELIMITER);
  const [signature, ...parts] = frames.slice(at + 1, at + 6);
  if (at < 0 || parts.length < 4) {
    throw new Error("the kernel sent something that is not a message");
  }
  if (decoder.decode(signature) !== sign(key, parts)) {
    throw new Error("a message of the kernel is signed with another key");
  }
  const [header, parent, , content] = parts.map((part) => JSON.parse(decoder.decode(part)));
  return { type: header.msg_type, parent: parent.msg_id, content };
}
