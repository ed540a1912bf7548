/**
 * Markup of the report's pages, which need no network and no script.
 *
 * @module
 */
import { drawKey, escapeText, type Figure, plotsOf } from "./charts/figure.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

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
  /** Larger groups of links, such as all days. */
  more?: readonly { label: string; links: readonly Link[] }[];
  /** Whether these groups start folded. */
  isFolded?: boolean;
}

/** Renders a link. */
export function anchor([href, text]: Link): string {
  return `<a href="${escapeText(href)}">${escapeText(text)}</a>`;
}

function list(
  links: readonly Link[],
  choose?: string,
): string {
  const items = links.map((link) => `<li>${anchor(link)}</li>`);
  const attribute = choose === undefined ? "" : ` data-choose="${escapeText(choose)}"`;
  return `<ul${attribute}>${items.join("")}</ul>`;
}

/**
 * Renders a page.
 *
 * @param digest Written at the beginning, where a later run looks for it.
 */
export function renderHtml(
  { title, lead, parts, links, more = [], isFolded = false }: Page,
  digest: string,
): string {
  const groups = more.map(({ label, links }) => {
    const nav = `<nav aria-label="${escapeText(label)}">${list(links, label)}</nav>`;
    return isFolded ? folded(label, nav) : section(label, nav);
  });
  return `<!doctype html>
<!-- ${digest} -->
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)} · hourgrid</title><style>${STYLE}</style></head>
<body><header><nav aria-label="Report">${list(links)}</nav><h1>${escapeText(title)}</h1>
<p class="lead">${escapeText(lead)}</p><div class="tools"></div></header>
<main>${parts.join("\n")}<div id="more">${groups.join("\n")}</div></main>
<script>${SCRIPT}</script></body></html>
`;
}

/** Renders a section with a heading, which says so if it has nothing else. */
export function section(heading: string, ...parts: string[]): string {
  const body = parts.join("\n") || paragraph("There are none.");
  return `<section><h2>${escapeText(heading)}</h2>${body}</section>`;
}

/** Renders a paragraph. */
export function paragraph(text: string): string {
  return `<p>${escapeText(text)}</p>`;
}

/** Renders parts that are folded until they are opened. */
export function folded(summary: string, ...parts: string[]): string {
  return `<details><summary>${escapeText(summary)}</summary>${parts.join("\n")}</details>`;
}

/** Renders charts side by side where there is room. */
export function charts(parts: readonly string[]): string {
  return `<div class="charts">${parts.join("\n")}</div>`;
}

/**
 * Renders a chart with its words. On narrower pages the plots scroll, starting at the newest end if they
 * share one time axis.
 */
export function chart(figure: Figure): string {
  const { title, caption, legend = [], isTimeline, plots } = figure;
  const keys = legend.map((key) =>
    `<li><svg width="22" height="10" aria-hidden="true">${drawKey(key, 0, 0)}</svg>${
      escapeText(key.label)
    }</li>`
  );
  const label = escapeText(title);
  return `<figure><h3>${label}</h3>` +
    (keys.length === 0 ? "" : `<ul class="legend">${keys.join("")}</ul>`) +
    (plots.length === 0 ? "" : `<div class="scroll${isTimeline ? " newest" : ""}" role="group" ` +
      `tabindex="0" aria-label="Chart: ${label}">${plotsOf(figure)}</div>`) +
    `<figcaption class="note">${escapeText(caption)}</figcaption></figure>`;
}

/** A cell of a table: text, a number, a number as text, a link, or markup. */
export type Cell =
  | string
  | number
  | { number: string }
  | Link
  | { markup: string };

/** Text of at most this many characters is kept on one line. */
const MAX_SHORT = 30;

function cellMarkup(cell: Cell): string {
  if (typeof cell === "number") return numberMarkup(cell.toLocaleString("en-US"));
  if (typeof cell === "string") {
    return `<td${cell.length <= MAX_SHORT ? ' class="short"' : ""}>${escapeText(cell)}</td>`;
  }
  if ("number" in cell) return numberMarkup(escapeText(cell.number));
  if ("markup" in cell) return `<td>${cell.markup}</td>`;
  return `<td>${anchor(cell)}</td>`;
}

const numberMarkup = (text: string) => `<td class="number">${text}</td>`;
const isNumber = (cell: Cell | undefined) =>
  typeof cell === "number" || (typeof cell === "object" && "number" in cell);

/** Renders a table, with numbers aligned to the right; nothing if it has no rows. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  if (rows.length === 0) return "";
  const body = rows.map((row) => `<tr>${row.map(cellMarkup).join("")}</tr>`).join("");
  const names = head.map((name, i) =>
    name === ""
      ? "<td></td>"
      : `<th scope="col"${isNumber(rows[0]?.[i]) ? ' class="number"' : ""}>${escapeText(name)}</th>`
  ).join("");
  const label = escapeText(caption);
  return `<div class="scroll" role="group" tabindex="0" aria-label="Table: ${label}"><table>` +
    `<caption class="note">${label}</caption>` +
    `<thead><tr>${names}</tr></thead><tbody>${body}</tbody></table></div>`;
}
