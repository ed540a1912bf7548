import assert from "node:assert/strict";
import { escapeProse, escapeText } from "../../lib/report/escape.ts";

Deno.test("escapeText() escapes markup and replaces what XML can't hold", () => {
  assert.equal(escapeText(`<a b="c">&\u0000\ud800`), "&lt;a b=&quot;c&quot;&gt;&amp;\ufffd\ufffd");
  assert.equal(escapeText("\u202egnp.exe שלום"), "\ufffdgnp.exe שלום");
});

Deno.test("escapeProse() keeps dates together, and numbers with their units, and nothing else", () => {
  assert.equal(
    escapeProse("up to 3.946 V <b>, 24.4 °C, 78 % (2 days, 5 volts, 3 Vs) on 2024-07-13, 48 h"),
    "up to 3.946\u00a0V &lt;b&gt;, 24.4\u00a0°C, 78\u00a0% (2 days, 5 volts, 3 Vs) on " +
      "<time>2024-07-13</time>, 48\u00a0h",
  );
  assert.equal(escapeProse("v2024-07-131 12024-07-13"), "v2024-07-131 12024-07-13");
});
