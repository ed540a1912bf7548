/**
 * Pages of the report: markup that needs no network and no script, in any width, light or dark.
 *
 * @module
 */
import { escapeText } from "./charts/figure.ts";

/** A page of the report. */
export interface Page {
  /** The page's title. */
  title: string;
  /** A line below it. */
  lead: string;
  /** Its parts, as markup. */
  parts: readonly string[];
  /** Links to other pages: [file, text]. */
  links: readonly (readonly [file: string, text: string])[];
  /** Groups of links that are many, such as all days. */
  more?: readonly { label: string; links: readonly (readonly [file: string, text: string])[] }[];
}

const COLORS = {
  light: "--paper:#fff;--ink:#1f2328;--soft:#555f6a;--line:#d0d7de;--link:#0b5cad",
  dark: "--paper:#16181c;--ink:#e6e8eb;--soft:#a9b1ba;--line:#3a414a;--link:#7cc0ff",
};

const STYLE = `
:root{${COLORS.light};color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{${COLORS.dark}}}
:root[data-theme=light]{${COLORS.light};color-scheme:light}
:root[data-theme=dark]{${COLORS.dark};color-scheme:dark}
:root .hg{color:var(--ink)}:root .hg .hg-paper{fill:var(--paper)}
body{margin:0 auto;max-width:62rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif}
a{color:var(--link)}h1{margin:.2em 0}h2{margin:1.6em 0 .4em}
.lead,.note{color:var(--soft)}
nav ul{display:flex;flex-wrap:wrap;gap:.3rem .9rem;list-style:none;margin:.3rem 0;padding:0}
.scroll{overflow-x:auto;margin:.8rem 0}
.scroll:focus-visible,a:focus-visible,button:focus-visible,select:focus-visible{
outline:3px solid var(--link);outline-offset:2px}
.scroll svg{display:block;min-width:40rem;max-width:100%;height:auto}
table{border-collapse:collapse;min-width:20rem}
th,td{padding:.2rem .9rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
td.number{text-align:right;font-variant-numeric:tabular-nums}
code{overflow-wrap:anywhere}
.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center}
button,select{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);
border-radius:.3rem;padding:.2rem .6rem;max-width:100%}
h1,li,caption{overflow-wrap:anywhere}
#tip{position:fixed;pointer-events:none;background:var(--ink);color:var(--paper);padding:.1rem .5rem;
border-radius:.3rem;font-size:.85rem;z-index:1}
`;

/** What only adds convenience: light or dark, a list of pages, and titles at once where one points. */
const SCRIPT = `
const root=document.documentElement,tools=document.querySelector(".tools");
const keep=(theme)=>{root.dataset.theme=theme;try{localStorage.setItem("hourgrid",theme)}catch{}};
try{const theme=localStorage.getItem("hourgrid");if(theme)root.dataset.theme=theme}catch{}
const button=document.createElement("button");button.type="button";button.textContent="Light or dark";
button.onclick=()=>keep((root.dataset.theme??(matchMedia("(prefers-color-scheme:dark)").matches?"dark":"light"))==="dark"?"light":"dark");
for(const list of document.querySelectorAll("nav ul[data-choose]")){
const label=document.createElement("label"),select=document.createElement("select");
label.append(list.dataset.choose+" ",select);select.add(new Option("choose",""));
for(const link of list.querySelectorAll("a"))select.add(new Option(link.textContent,link.getAttribute("href")));
const go=document.createElement("button");go.type="button";go.textContent="Show";
go.setAttribute("aria-label","Show the chosen page: "+list.dataset.choose);
go.onclick=()=>{if(select.value)location.href=select.value};tools.append(label,go)}
tools.append(button);
const tip=document.createElement("div");tip.id="tip";tip.hidden=true;tip.setAttribute("aria-hidden","true");document.body.append(tip);
document.addEventListener("pointermove",(event)=>{
const title=event.target.closest?.(".hg svg *")?.querySelector(":scope>title");
tip.hidden=!title;if(title){tip.textContent=title.textContent;
tip.style.left=Math.min(event.clientX+12,innerWidth-tip.offsetWidth-8)+"px";tip.style.top=event.clientY+16+"px"}});
`;

function list(
  links: readonly (readonly [file: string, text: string])[],
  choose?: string,
): string {
  const items = links.map(([file, text]) =>
    `<li><a href="${escapeText(file)}">${escapeText(text)}</a></li>`
  );
  const attribute = choose === undefined ? "" : ` data-choose="${escapeText(choose)}"`;
  return `<ul${attribute}>${items.join("")}</ul>`;
}

/**
 * Renders a page.
 *
 * @param digest Stands at its beginning, where a later run looks for it.
 */
export function renderPage(
  { title, lead, parts, links, more = [] }: Page,
  digest: string,
): string {
  const groups = more.map(({ label, links }) =>
    `<nav aria-label="${escapeText(label)}"><h2>${escapeText(label)}</h2>${
      list(links, label)
    }</nav>`
  );
  return `<!doctype html>
<!-- ${digest} -->
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)} · hourgrid</title><style>${STYLE}</style></head>
<body><header><nav aria-label="Report">${list(links)}</nav><h1>${escapeText(title)}</h1>
<p class="lead">${escapeText(lead)}</p><div class="tools"></div></header>
<main>${parts.join("\n")}${groups.join("\n")}</main>
<script>${SCRIPT}</script></body></html>
`;
}

/** Renders a heading with what belongs to it. */
export function section(heading: string, ...parts: string[]): string {
  return `<section><h2>${escapeText(heading)}</h2>${parts.join("\n")}</section>`;
}

/** Renders a paragraph. */
export function paragraph(text: string): string {
  return `<p>${escapeText(text)}</p>`;
}

/** Renders a chart, which scrolls where the page is narrower. */
export function chart(svg: string): string {
  const [, label = ""] = /aria-label="([^"]*)"/.exec(svg) ?? [];
  return `<div class="scroll" role="group" tabindex="0" aria-label="Chart: ${label}">${svg}</div>`;
}

/** Renders a table: numbers to the right. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const cell = (value: string | number) =>
    typeof value === "number"
      ? `<td class="number">${value.toLocaleString("en-US")}</td>`
      : `<td>${escapeText(value)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("");
  const names = head.map((name) => `<th scope="col">${escapeText(name)}</th>`).join("");
  const label = escapeText(caption);
  return `<div class="scroll" role="group" tabindex="0" aria-label="Table: ${label}"><table>` +
    `<caption class="note">${label}</caption>` +
    `<thead><tr>${names}</tr></thead><tbody>${body}</tbody></table></div>`;
}
