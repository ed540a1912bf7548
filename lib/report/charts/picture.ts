/**
 * A chart as a single picture, for notebooks. The SVG works on its own, on a light or a dark page.
 *
 * @module
 */
import { escapeText } from "../escape.ts";
import { drawKey, type Figure, FONT, labelOf, WIDTH } from "./figure.ts";

const HEAD = 30;
const MARGIN = 16;
const STYLE =
  ".hg{color:#1f2328}.hg .hg-paper{fill:#fff}@media (prefers-color-scheme:dark){.hg{color:#e6e8eb}.hg .hg-paper{fill:#16181c}}";

/** Breaks text into lines of at most `width` characters, within words if they are longer. */
function wrapText(text: string, width: number): string[] {
  const most = Math.floor(width);
  return text.match(new RegExp(`\\S.{0,${most - 1}}(?!\\S)|\\S{${most}}`, "gsu"))
    ?.map((line) => line.trimEnd()) ?? [];
}

/** A chart as a single picture: an SVG with title, legend, plot and caption. */
export function toSvg(figure: Figure): string {
  const { title, description, caption, legend = [], plot } = figure;
  let y = HEAD;
  const text = (line: string, size: number, more = "") =>
    `<text x="${MARGIN}" y="${y}" font-size="${size}"${more}>${escapeText(line)}</text>`;
  const parts = wrapText(title, WIDTH / 8).map((line) => {
    const drawn = text(line, 15, ' font-weight="600"');
    y += 20;
    return drawn;
  });
  let x = MARGIN;
  for (const key of legend) {
    const room = 42 + key.label.length * 7.2;
    if (x > MARGIN && x + room > WIDTH) [x, y] = [MARGIN, y + 18];
    parts.push(
      drawKey(key, x, y - 10) +
        `<text x="${x + 27}" y="${y - 1}" font-size="12">${escapeText(key.label)}</text>`,
    );
    x += room;
  }
  if (legend.length > 0) y += 14;
  if (plot !== null) {
    parts.push(`<g transform="translate(0,${y})">${plot.svg}${plot.names}</g>`);
    y += plot.height;
  }
  y += 20;
  for (const line of wrapText(caption, WIDTH / 6.8)) {
    parts.push(text(line, 12, ' opacity="0.8"'));
    y += 17;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" class="hg" ${labelOf(figure)} ` +
    `viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" ${FONT} color="#1f2328">` +
    `<title>${escapeText(title)}</title><desc>${escapeText(description)}</desc>` +
    `<style>${STYLE}</style><rect class="hg-paper" width="${WIDTH}" height="${y}" fill="#fff"/>` +
    `${parts.join("")}</svg>\n`;
}
