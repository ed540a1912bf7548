import assert from "node:assert/strict";
import { chart, number, paragraph, renderHtml, section, table } from "../../lib/report/html.ts";

Deno.test("renderHtml() holds parts, links and digest, and loads nothing from elsewhere", () => {
  const page = renderHtml({
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
  assert.match(
    page,
    /<nav aria-label="Days"><ul><li><a href="day-2024-07-13.html">2024-07-13<\/a>/,
  );
  assert.doesNotMatch(page, /https?:|src=|@import|url\(/);
});

Deno.test("table() has a caption and aligns numbers to the right", () => {
  const html = table("What <was>", ["name", "rows"], [["a&b", 12_345], ["c", "d"]]);
  assert.match(html, /<caption class="note">What &lt;was&gt;<\/caption>/);
  assert.match(html, /<td class="short">a&amp;b<\/td><td class="number">12,345<\/td>/);
  assert.match(html, /<th scope="col" class="number">rows<\/th>/);
});

Deno.test("number() never shows a small number as 0", () => {
  const texts = [0, 0.0099, -0.0421, 0.567, 1.234, 12_345.6].map((value) => number(value, 1));
  assert.deepEqual(texts, [
    ...["0", "0.0099", "−0.042", "0.57", "1.2", "12,345.6"].map((number) => ({ number })),
  ]);
  assert.deepEqual(number(null, 1), { number: null });
});

Deno.test("chart() puts words around plots, which scroll from the newest end of a time axis", () => {
  const words = {
    title: "<Voltage>",
    description: "V over time",
    caption: "5 s & more",
    legend: [{ label: "a < b", color: "#000", dash: "" }],
    newest: 0.5,
  };
  const plot = { svg: '<svg width="9"></svg>', names: "<svg></svg>", margin: 60, height: 12 };
  const html = chart({ ...words, plot });
  assert.match(html, /^<figure><h3>&lt;Voltage&gt;<\/h3><ul class="legend"><li><svg/);
  assert.match(
    html,
    /<div class="scroll" role="group" tabindex="0" aria-label="Chart: &lt;Voltage&gt;" data-newest="0.542" style="--names:3.75rem">/,
  );
  assert.match(html, /role="img" aria-label="&lt;Voltage&gt;" aria-description="V over time"/);
  assert.match(
    html,
    /class="hg names" viewBox="0 0 60 12".*><svg><\/svg>.*"60 0 660 12".*<svg width="9">/,
  );
  assert.match(html, /<figcaption class="note">5\u00a0s &amp; more<\/figcaption><\/figure>$/);
  assert.match(
    chart({ ...words, plot, newest: null }),
    /aria-label="Chart: &lt;Voltage&gt;" style="[^"]*"><div/,
  );
  assert.doesNotMatch(chart({ ...words, plot: null }), /scroll/);
});
