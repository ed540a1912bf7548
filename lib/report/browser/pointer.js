/**
 * Reads values off charts at the pointer: a tooltip says which cell of a heat map, which point of a
 * line or which other shape is there; and a click on a strip opens the page of that day.
 *
 * Plots say in `data-x` and `data-y` where their axes begin and end: two times in milliseconds or two
 * values, then the coordinates of both in the plot.
 */

function numbersIn(text) {
  return text.split(",").map(Number);
}

/** A time to the minute. */
function timeText(milliseconds) {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Where the pointer is, in the coordinates of an element of a plot. */
function pointIn(element, event) {
  const toElement = element.getScreenCTM().inverse();
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(toElement);
}

const DAY = 86_400_000;

/** The day at the pointer, in a plot in which each day is 1 wide. */
function dayAt(plot, event) {
  const [from] = numbersIn(plot.dataset.x);
  return timeText(from + Math.floor(pointIn(plot, event).x) * DAY).slice(0, 10);
}

/** The value of a heat map's cell: empty where there is no data, `~` where there is too little. */
function heatAt(plot, event) {
  const { rows, unit } = plot.dataset;
  const { x, y } = pointIn(plot.querySelector("g"), event);
  const name = plot.closest(".strip").querySelectorAll(".rows li")[Math.floor(y)];
  if (name === undefined) return null;
  const value = rows.split(";")[Math.floor(y)].split(",")[Math.floor(x)];
  const text = { "": "no data", "~": "too few rows" }[value] ?? `${value} ${unit}`;
  return `${name.textContent}, ${dayAt(plot, event)}: ${text}`;
}

/** The points of a path of straight lines. */
function pointsOf(path) {
  return path.getAttribute("d").match(/[^MLZ]+/g).map(numbersIn);
}

/** A line's point is read off at most this many pixels to the left or right of the pointer. */
const REACH = 10;
/** How far outside its panel the pointer may be, in the coordinates of the plot. */
const SLACK = 4;

/** The point of a line that is nearest to the pointer, above all in time. */
function nearestPoint(plot, event) {
  const [, , left, right] = numbersIn(plot.dataset.x);
  const [, , bottom, top] = numbersIn(plot.dataset.y);
  let nearest = null;
  for (const path of plot.querySelectorAll("path:has(> title)")) {
    const pointer = pointIn(path, event);
    const isInside = pointer.x >= left - SLACK && pointer.x <= right + SLACK &&
      pointer.y >= Math.min(top, bottom) - SLACK && pointer.y <= Math.max(top, bottom) + SLACK;
    if (!isInside) continue;
    const { a: pixelsX, d: pixelsY } = path.getScreenCTM();
    for (const [x, y] of pointsOf(path)) {
      const across = Math.abs(x - pointer.x) * pixelsX;
      const distance = 4 * across + Math.abs(y - pointer.y) * pixelsY;
      if (across <= REACH && distance < (nearest?.distance ?? Infinity)) {
        nearest = { distance, x, y, path };
      }
    }
  }
  return nearest;
}

/** The value at a coordinate of an axis. */
function valueAt([first, last, start, end], coordinate) {
  return first + (coordinate - start) / (end - start) * (last - first);
}

/** The value and the time of a line's point, with as many decimals as pixels can tell apart. */
function lineAt(plot, event) {
  const nearest = nearestPoint(plot, event);
  if (nearest === null) return null;
  const times = numbersIn(plot.dataset.x);
  const values = numbersIn(plot.dataset.y);
  const [low, high, start, end] = values;
  const perPixel = Math.abs((high - low) / (end - start));
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(perPixel / 5))));
  const value = valueAt(values, nearest.y).toFixed(decimals).replace("-", "\u2212");
  const [name] = nearest.path.querySelector("title").textContent.split(": ");
  return `${name}: ${value} ${plot.dataset.unit} at ${timeText(valueAt(times, nearest.x))}`;
}

/** What a plot shows at the pointer; null if it does not say. */
function readOff(plot, event) {
  const { rows, y } = plot.dataset;
  if (rows !== undefined) return heatAt(plot, event);
  return y === undefined ? null : lineAt(plot, event);
}

/** The title of the shape at the pointer. */
function titleAt({ target }) {
  const shape = target.closest("svg *")?.closest(":has(> title)");
  return shape?.matches("svg") === false ? shape.querySelector(":scope > title").textContent : null;
}

const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
tip.setAttribute("aria-hidden", "true");
document.body.append(tip);

function showTip(event) {
  const { target, clientX, clientY } = event;
  if (!(target instanceof Element)) return;
  const plot = target.closest("svg[data-x]");
  const text = (plot && readOff(plot, event)) ?? titleAt(event);
  tip.hidden = text === null;
  tip.textContent = text;
  const left = Math.min(clientX + 12, innerWidth - tip.offsetWidth - 8);
  const top = Math.min(clientY + 16, innerHeight - tip.offsetHeight - 4);
  tip.style.left = `${Math.max(0, left)}px`;
  tip.style.top = `${top}px`;
}

/** Opens the page of the day at the pointer, if it has one. */
function openDay(event) {
  const plot = event.target.closest(".axis .plot svg");
  if (plot === null) return;
  document.querySelector(`#more a[href="day-${dayAt(plot, event)}.html"]`)?.click();
}

document.addEventListener("pointermove", showTip);
document.addEventListener("pointerdown", showTip);
document.addEventListener("click", openDay);
