import fc from "fast-check";
import assert from "node:assert/strict";
import { encodeMessage, frames, speak } from "./zmtp.ts";

const message = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.uint8Array({ minLength: 250, maxLength: 300, size: "max" }),
  ),
  { minLength: 1, maxLength: 5 },
);

Deno.test("frames are what was sent, however the network cuts it", () =>
  fc.assert(
    fc.asyncProperty(fc.array(message), fc.integer({ min: 1, max: 99 }), async (sent, size) => {
      const bytes = [new Uint8Array(64), ...sent.map(encodeMessage)].flatMap((part) => [...part]);
      const parts = async function* () {
        for (let at = 0; at < bytes.length; at += size) {
          yield Uint8Array.from(bytes.slice(at, at + size));
        }
      };
      const received: Uint8Array[][] = [[]];
      for await (const { more, body } of frames(parts())) {
        received.at(-1)!.push(body);
        if (!more) received.push([]);
      }
      assert.deepEqual(received, [...sent, []]);
    }),
  ));

Deno.test("two sockets talk, in messages of any size", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepting = listener.accept();
  const here = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const there = await accepting;
  const [dealer, other] = await Promise.all([speak(here, "DEALER"), speak(there, "DEALER")]);
  const large = new Uint8Array(3_000_000).map((_, i) => i % 251);
  const messages = [[Uint8Array.of(1), Uint8Array.of()], [large], [Uint8Array.of(2)]];
  const sending = Promise.all(messages.map((frames) => dealer.send(frames)));
  for (const expected of messages) assert.deepEqual(await other.receive(), expected);
  await sending;
  dealer.close();
  assert.equal(await other.receive(), undefined);
  other.close();
});

Deno.test("a peer that hangs up at once is an error", async () => {
  const connection = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length), close() {} };
  const readable = ReadableStream.from<Uint8Array<ArrayBuffer>>([new Uint8Array(10)]);
  await assert.rejects(speak({ ...connection, readable }, "SUB"), /closed the connection/);
});
