/**
 * Markup of the report's pages, which need no network and no script.
 *
 * @module
 */
import { drawKey, type Figure, plotOf, WIDTH } from "./charts/figure.ts";
import { escapeProse, escapeText } from "./escape.ts";
import controls from "./browser/controls.js" with { type: "text" };
import overviewStyle from "./browser/overview.css" with { type: "text" };
import pageStyle from "./browser/page.css" with { type: "text" };
import pointer from "./browser/pointer.js" with { type: "text" };
import { fixed, format } from "./words.ts";

/** A link to another page, or to a part of this one. */
export type Link = readonly [href: string, text: string];

/** A page of the report. */
export interface Page {
  /** The page's title. */
  title: string;
  /** A line below the title. */
  lead: string;
  /** Its parts, as markup. */
  parts: readonly string[];
  /** Links to other pages. */
  links: readonly Link[];
  /** Larger groups of links, such as all days, which start folded. */
  more?: readonly { label: string; links: readonly Link[] }[];
}

/** Renders a link. */
export function anchor([href, text]: Link): string {
  return `<a href="${escapeText(href)}">${escapeText(text)}</a>`;
}

/** Renders a page; `digest` is written at its beginning, where a later run looks for it. */
export function renderHtml({ title, lead, parts, links, more = [] }: Page, digest: string): string {
  const groups = more.map(({ label, links }) => folded(label, navigation(label, links)));
  return `<!doctype html>
<!-- ${digest} -->
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)} · hourgrid</title><style>${pageStyle}${overviewStyle}</style></head>
<body><header>${navigation("Report", links)}<h1>${escapeText(title)}</h1>
<p class="lead">${escapeText(lead)}</p><div class="tools"></div></header>
<main>${parts.join("\n")}<div id="more">${groups.join("\n")}</div></main>
<script type="module">${controls}${pointer}</script></body></html>
`;
}

/** Renders links with a label for screen readers. */
function navigation(label: string, links: readonly Link[]): string {
  const items = links.map((link) => `<li>${anchor(link)}</li>`);
  return `<nav aria-label="${escapeText(label)}"><ul>${items.join("")}</ul></nav>`;
}

/** Renders a section with a heading, which says so if it has nothing else. */
export function section(heading: string, ...parts: string[]): string {
  const body = parts.join("\n") || paragraph("There are none.");
  return `<section><h2>${escapeText(heading)}</h2>${body}</section>`;
}

/** Renders a paragraph. */
export function paragraph(text: string): string {
  return `<p>${escapeProse(text)}</p>`;
}

/** Renders parts that are folded until they are opened. */
export function folded(summary: string, ...parts: string[]): string {
  return `<details><summary>${escapeText(summary)}</summary>${parts.join("\n")}</details>`;
}

/** Renders charts with their words, and markup between them, side by side where there is room. */
export function charts(...parts: readonly (Figure | string)[]): string {
  const all = parts.map((part) => typeof part === "string" ? part : chart(part));
  return `<div class="charts">${all.join("\n")}</div>`;
}

/** Renders a chart with its words. On narrower pages its plot scrolls. */
export function chart(figure: Figure): string {
  const { title, caption, legend = [], newest, plot } = figure;
  const keys = legend.map((key) =>
    `<li><svg width="22" height="10" aria-hidden="true">${drawKey(key, 0, 0)}</svg><span>${
      escapeText(key.label)
    }</span></li>`
  );
  const label = escapeText(title);
  return `<figure><h3>${label}</h3>` +
    (keys.length === 0 ? "" : `<ul class="legend">${keys.join("")}</ul>`) +
    (plot === null ? "" : scroll(
      `Chart: ${title}`,
      plotOf(figure),
      newest === null ? null : (plot.margin + newest * (WIDTH - plot.margin)) / WIDTH,
      `--names:${plot.margin / 16}rem`,
    )) +
    `<figcaption class="note">${escapeProse(caption)}</figcaption></figure>`;
}

/**
 * Renders what scrolls sideways where it does not fit.
 *
 * @param label What it is, for screen readers.
 * @param newest Where its newest data are, from 0 at the left to 1: the script scrolls there.
 * @param style The width of the names that stay at its left, as a style; empty if there are none.
 */
export function scroll(
  label: string,
  content: string,
  newest: number | null = null,
  style = "",
): string {
  const attribute = (newest === null ? "" : ` data-newest="${newest.toFixed(3)}"`) +
    (style === "" ? "" : ` style="${style}"`);
  return `<div class="scroll" role="group" tabindex="0" aria-label="${escapeText(label)}"` +
    `${attribute}>${content}</div>`;
}

/** A cell of a table: text, a number, a number as text, a link or markup; null if it is not known. */
export type Cell = string | null | number | { number: string | null } | Link | { markup: string };

/** What stands for a value that is not known. */
export const UNKNOWN = "–";
/** Text of at most this many characters is kept on one line. */
const MAX_SHORT = 30;

/**
 * A number with a fixed number of decimals. Below 1, two significant digits are shown, so that a small
 * number is never shown as 0.
 */
export function number(value: number | null | undefined, digits: number): Cell {
  if (value === null || value === undefined) return { number: null };
  const isSmall = Math.abs(value) < 1;
  return { number: isSmall ? format(Number(value.toPrecision(2))) : fixed(value, digits) };
}

function isNumber(cell: Cell | undefined): boolean {
  return typeof cell === "number" ||
    (typeof cell === "object" && cell !== null && "number" in cell);
}

/**
 * Renders a table, with numbers aligned to the right; nothing if it has no rows.
 *
 * @param caption What it shows; like all captions, it ends with a full stop.
 */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  if (rows.length === 0) return "";
  const classes = head.map((_, i) => rows.some((row) => isNumber(row[i])) ? ' class="number"' : "");
  const names = head.map((name, i) =>
    name === "" ? "<td></td>" : `<th scope="col"${classes[i]}>${escapeText(name)}</th>`
  ).join("");
  const body = rows.map((row) =>
    `<tr>${row.map((cell, i) => cellMarkup(cell, classes[i]!)).join("")}</tr>`
  ).join("");
  return scroll(
    `Table: ${caption}`,
    `<table><caption class="note">${escapeProse(caption)}</caption>` +
      `<thead><tr>${names}</tr></thead><tbody>${body}</tbody></table>`,
  );
}

function cellMarkup(cell: Cell, className: string): string {
  if (cell === null) return `<td${className}>${UNKNOWN}</td>`;
  if (typeof cell === "string") {
    const isShort = className === "" && cell.length <= MAX_SHORT;
    return `<td${isShort ? ' class="short"' : className}>${escapeProse(cell)}</td>`;
  }
  if (typeof cell === "number") return `<td${className}>${fixed(cell, 0)}</td>`;
  if ("number" in cell) return `<td${className}>${escapeText(cell.number ?? UNKNOWN)}</td>`;
  return `<td>${"markup" in cell ? cell.markup : anchor(cell)}</td>`;
}
