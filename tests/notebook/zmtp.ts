/**
 * As much of ZeroMQ's wire protocol, ZMTP 3.0, as a Jupyter client needs: a socket that connects,
 * speaks in messages of several frames, and asks for no encryption.
 *
 * The npm library has native code of 40 MB, which every user's first run would download, because
 * Deno fetches all that is in the lock file.
 *
 * @module
 */

/** A socket that is connected. */
export interface Socket {
  /** Sends one message. */
  send(frames: readonly Uint8Array[]): Promise<void>;
  /** Waits for the next message; nothing comes after the last one. */
  receive(): Promise<Uint8Array[] | undefined>;
  /** Ends the connection. */
  close(): void;
}

const [MORE, LONG, COMMAND] = [1, 2, 4];
const GREETING_BYTES = 64;
const encoder = new TextEncoder();

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Version 3.0, mechanism NULL, as client. */
function greeting(): Uint8Array {
  const bytes = new Uint8Array(GREETING_BYTES);
  bytes.set([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]);
  bytes.set(encoder.encode("NULL"), 12);
  return bytes;
}

/** Encodes a frame: flags, size, body. */
export function encodeFrame(body: Uint8Array, flags: number): Uint8Array {
  const long = body.length > 255;
  const bytes = new Uint8Array((long ? 9 : 2) + body.length);
  bytes[0] = flags | (long ? LONG : 0);
  if (long) new DataView(bytes.buffer).setBigUint64(1, BigInt(body.length));
  else bytes[1] = body.length;
  bytes.set(body, long ? 9 : 2);
  return bytes;
}

/** Encodes a message: in one piece, or the network waits for more before it passes on the rest. */
export function encodeMessage(frames: readonly Uint8Array[]): Uint8Array {
  return concat(frames.map((body, i) => encodeFrame(body, i < frames.length - 1 ? MORE : 0)));
}

/** The command that opens a connection: what kind of socket this is. */
function ready(type: string): Uint8Array {
  const name = "Socket-Type";
  return Uint8Array.from([
    ...[5, ...encoder.encode("READY")],
    ...[name.length, ...encoder.encode(name)],
    ...[0, 0, 0, type.length, ...encoder.encode(type)],
  ]);
}

/** Takes bytes in pieces of the size asked for; nothing, when they end. */
function take(source: AsyncIterable<Uint8Array>): (n: number) => Promise<Uint8Array | undefined> {
  const parts = source[Symbol.asyncIterator]();
  let rest = new Uint8Array(0);
  return async (n) => {
    const held: Uint8Array[] = [rest];
    for (let length = rest.length; length < n;) {
      const { value, done } = await parts.next();
      if (done) return undefined;
      held.push(value);
      length += value.length;
    }
    const all = concat(held);
    rest = all.subarray(n);
    return all.slice(0, n);
  };
}

/** Reads the frames of a peer that has greeted: whether it is a command or the last, and body. */
export async function* frames(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ command: boolean; more: boolean; body: Uint8Array }> {
  const next = take(source);
  if (await next(GREETING_BYTES) === undefined) return;
  for (;;) {
    const flags = (await next(1))?.[0];
    if (flags === undefined) return;
    const size = await next((flags & LONG) !== 0 ? 8 : 1);
    if (size === undefined) return;
    const view = new DataView(size.buffer);
    const body = await next(size.length === 8 ? Number(view.getBigUint64(0)) : size[0]!);
    if (body === undefined) return;
    yield { command: (flags & COMMAND) !== 0, more: (flags & MORE) !== 0, body };
  }
}

/** Speaks over a connection as a socket of a type; resolves when the peer is ready. */
export async function speak(
  connection: Pick<Deno.Conn, "write" | "readable" | "close">,
  type: "DEALER" | "SUB",
): Promise<Socket> {
  let writing = Promise.resolve();
  const write = (bytes: Uint8Array) =>
    writing = writing.then(async () => {
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
    });
  const incoming = frames(connection.readable);
  await write(greeting());
  await write(encodeFrame(ready(type), COMMAND));
  if ((await incoming.next()).done) throw new Error("the peer closed the connection at once");
  const send = (frames: readonly Uint8Array[]) => write(encodeMessage(frames));
  // A subscriber is sent nothing before it has asked: for what begins with nothing, which is all.
  if (type === "SUB") await send([Uint8Array.of(1)]);
  return {
    send,
    async receive() {
      const message: Uint8Array[] = [];
      for (;;) {
        const { value, done } = await incoming.next();
        if (done) return undefined;
        if (value.command) continue;
        message.push(value.body);
        if (!value.more) return message;
      }
    },
    close() {
      try {
        connection.close();
      } catch (error) {
        // It is closed already where the peer has hung up.
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    },
  };
}
