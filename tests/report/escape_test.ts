import assert from "node:assert/strict";
import { escapeText } from "../../lib/report/escape.ts";

Deno.test("escapeText() escapes markup and replaces what XML can't hold", () => {
  assert.equal(escapeText(`<a b="c">&\u0000\ud800`), "&lt;a b=&quot;c&quot;&gt;&amp;\ufffd\ufffd");
});
