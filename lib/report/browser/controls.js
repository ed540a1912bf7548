/**
 * What the script adds to a page, which also works without it: a button for light and dark, lists of
 * pages to choose from, links that unfold their target, and charts that start at their newest end.
 */

const STORED_THEME = "hourgrid";

function useTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

/** Pages on disk may not store anything in some browsers. */
function recallTheme() {
  try {
    const theme = localStorage.getItem(STORED_THEME);
    if (theme !== null) useTheme(theme);
  } catch { /* the system's theme is used */ }
}

function switchTheme() {
  const { theme } = document.documentElement.dataset;
  const isDark = theme === undefined
    ? matchMedia("(prefers-color-scheme: dark)").matches
    : theme === "dark";
  const other = isDark ? "light" : "dark";
  useTheme(other);
  try {
    localStorage.setItem(STORED_THEME, other);
  } catch { /* it is not remembered */ }
}

function createButton(text, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.onclick = onClick;
  return button;
}

/** A list to choose a page from, and a button that shows it. */
function createChooser(navigation) {
  const name = navigation.getAttribute("aria-label");
  const select = document.createElement("select");
  select.add(new Option("choose", ""));
  for (const link of navigation.querySelectorAll("a")) {
    select.add(new Option(link.textContent, link.getAttribute("href")));
  }
  const label = document.createElement("label");
  label.append(`${name} `, select);
  const show = createButton("Show", () => {
    if (select.value !== "") location.href = select.value;
  });
  show.setAttribute("aria-label", `Show the chosen page: ${name}`);
  return [label, show];
}

/** Opens what is folded in the target of a link to this page. */
function unfoldTarget(link) {
  const target = document.querySelector(link.getAttribute("href"));
  for (const part of target.querySelectorAll("details")) part.open = true;
}

/** How many pixels remain visible after the newest data. */
const MARGIN = 24;

function scrollToNewest(element) {
  const newest = element.dataset.newest * element.scrollWidth;
  element.scrollLeft = newest - element.clientWidth + MARGIN;
}

recallTheme();
document.querySelector(".tools").append(
  ...[...document.querySelectorAll("#more nav")].flatMap(createChooser),
  createButton("Light or dark", switchTheme),
);
for (const link of document.querySelectorAll("a[href^='#']")) {
  link.addEventListener("click", () => unfoldTarget(link));
}
document.querySelectorAll("[data-newest]").forEach(scrollToNewest);
