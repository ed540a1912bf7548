import assert from "node:assert/strict";
import { chart, paragraph, renderPage, section, table } from "../../lib/report/html.ts";

Deno.test("a page holds its parts, links and digest, and nothing from elsewhere", () => {
  const page = renderPage({
    title: "A <b>",
    lead: "lead & more",
    parts: [section("Part", paragraph("x < y"))],
    links: [["index.html", "All"]],
    more: [{ label: "Days", links: [["day-2024-07-13.html", "2024-07-13"]] }],
  }, "abc");
  assert.match(page, /^<!doctype html>\n<!-- abc -->\n<html lang="en">/);
  assert.match(page, /<title>A &lt;b&gt; · hourgrid<\/title>/);
  assert.match(page, /<h1>A &lt;b&gt;<\/h1>\n<p class="lead">lead &amp; more<\/p>/);
  assert.match(page, /<section><h2>Part<\/h2><p>x &lt; y<\/p><\/section>/);
  assert.match(page, /<ul data-choose="Days"><li><a href="day-2024-07-13.html">2024-07-13<\/a>/);
  assert.doesNotMatch(page, /https?:|src=|@import|url\(/);
});

Deno.test("a table has a caption and its numbers to the right", () => {
  const html = table("What <was>", ["name", "rows"], [["a&b", 12_345], ["c", "d"]]);
  assert.match(html, /<caption class="note">What &lt;was&gt;<\/caption>/);
  assert.match(html, /<td class="short">a&amp;b<\/td><td class="number">12,345<\/td>/);
  assert.match(html, /<th scope="col" class="number">rows<\/th>/);
});

Deno.test("a chart scrolls, and bears the name of what it shows", () => {
  const html = chart(`<svg aria-label="Voltage">…</svg>`);
  assert.equal(
    html,
    `<div class="scroll newest" role="group" tabindex="0" aria-label="Chart: Voltage">` +
      `<svg aria-label="Voltage">…</svg></div>`,
  );
});
