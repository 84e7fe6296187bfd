"use strict";
// The page is whole without this: it filters, sorts, moves, opens, and keeps the state in the address.
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector) => document.querySelector(selector);
const WORST = "FXEIKUP";
const table = one("table.matrix");
const form = one("#filters");
const state = new URLSearchParams(location.search);

// ---- state in the address
function keep(name, value) {
  if (value) state.set(name, value); else state.delete(name);
  const query = state.toString();
  history.replaceState(null, "", location.pathname + (query ? `?${query}` : "") + location.hash);
}

// ---- light and dark
const root = document.documentElement;
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
function setTheme(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  one("#theme").textContent = isDark() ? "Light" : "Dark";
}
function turnTheme() {
  setTheme(isDark() ? "light" : "dark");
  keep("theme", root.dataset.theme);
}

// ---- rows of the matrix
const rows = table ? all("tbody tr", table).map((element, place) => ({
  element,
  place,
  id: element.cells[0].textContent,
  text: `${element.cells[0].textContent} ${element.cells[1].textContent} ${element.dataset.names}`.toLowerCase(),
})) : [];
const clauses = new Map(all("details[data-clause]").map((one) => [one.dataset.clause, one]));

function chosen() {
  const data = new FormData(form);
  return {
    words: String(data.get("q")).toLowerCase().split(/\s+/).filter(Boolean),
    area: data.get("area"),
    source: data.get("source"),
    verdicts: data.getAll("verdict"),
  };
}
function matches(row, want) {
  const { area, source, letters } = row.element.dataset;
  return (!want.area || area === want.area)
    && (!want.source || source === want.source)
    && (!want.verdicts.length || want.verdicts.some((letter) => letters.includes(letter)))
    && want.words.every((word) => row.text.includes(word));
}
function filter() {
  const want = chosen();
  let shown = 0;
  for (const row of rows) {
    const fits = matches(row, want);
    shown += fits;
    row.element.hidden = !fits;
    const clause = clauses.get(row.id);
    if (clause) clause.hidden = !fits;
  }
  one("#none").hidden = shown > 0;
  one("#shown").textContent = `${shown} of ${rows.length} clauses`;
  keep("q", one("#q").value);
  keep("area", want.area);
  keep("source", want.source);
  keep("verdict", want.verdicts.join(""));
  roam();
}
function fillForm() {
  one("#q").value = state.get("q") || "";
  for (const name of ["area", "source"]) {
    const wanted = state.get(name) || "";
    form.elements[name].value = all("option", form.elements[name]).some((o) => o.value === wanted) ? wanted : "";
  }
  for (const box of all("input[name=verdict]", form)) box.checked = (state.get("verdict") || "").includes(box.value);
}

// ---- sorting
function rank(cell) {
  const found = cell.querySelector(".cell");
  return found ? WORST.indexOf(found.querySelector("b").textContent) : WORST.length;
}
function sortKey(row, column, kind) {
  if (kind === "id") return row.place;
  const cell = row.element.cells[column];
  return kind === "verdict" ? rank(cell) : cell.textContent;
}
function sortBy(column, descending) {
  const heads = all("thead th", table);
  if (!heads[column]) return;
  const kind = heads[column].dataset.sort;
  heads.forEach((head) => head.removeAttribute("aria-sort"));
  heads[column].setAttribute("aria-sort", descending ? "descending" : "ascending");
  const sign = descending ? -1 : 1;
  const keyed = rows.map((row) => [sortKey(row, column, kind), row]);
  keyed.sort(([a, first], [b, second]) => (a < b ? -sign : a > b ? sign : first.place - second.place));
  table.tBodies[0].append(...keyed.map(([, row]) => row.element));
}
function makeSortable() {
  all("thead th", table).forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") === "ascending";
      sortBy(column, descending);
      keep("sort", `${descending ? "-" : ""}${column}`);
    });
    head.replaceChildren(button);
  });
}

// ---- moving: one cell of the matrix can be reached with Tab, arrows lead on from there
let current = null;
function visibleCells(row) {
  return row && !row.hidden ? all(".cell", row) : [];
}
function roam() {
  if (current && !current.closest("tr").hidden) return;
  const first = [...table.tBodies[0].rows].find((row) => visibleCells(row).length);
  settle(first && visibleCells(first)[0]);
}
function settle(cell) {
  if (current) current.tabIndex = -1;
  current = cell || null;
  if (current) current.tabIndex = 0;
}
function go(cell) {
  if (!cell) return;
  settle(cell);
  cell.focus();
  cell.scrollIntoView({ block: "nearest" });
}
function beside(step) {
  const cells = visibleCells(current.closest("tr"));
  return cells[cells.indexOf(current) + step];
}
function below(step) {
  const column = current.closest("td").cellIndex;
  let row = current.closest("tr");
  for (;;) {
    row = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    if (!row) return null;
    const cells = visibleCells(row);
    if (cells.length) return row.cells[column].querySelector(".cell") || cells[0];
  }
}
function nextOpen(step) {
  const cells = all("tbody tr:not([hidden]) .cell", table);
  const bad = (cell) => !cell.matches(".P, .earlier");
  const order = step > 0 ? cells : cells.reverse();
  const from = order.indexOf(current) + (document.activeElement === current ? 1 : 0);
  return order.slice(from).find(bad) || order.find(bad);
}

// ---- opening: findings that passed lie as text in <noscript> until somebody wants to see them,
// which makes a page of thousands open at once, and is still a page to who runs no scripts
function unfold(clause) {
  const folded = clause.querySelector(":scope > noscript");
  if (!folded) return;
  folded.insertAdjacentHTML("beforebegin", folded.textContent);
  folded.remove();
}
function find(id) {
  const folded = all("details[data-clause] > noscript").find((one) => one.textContent.includes(` id="${id}"`));
  if (!document.getElementById(id) && folded) unfold(folded.parentElement);
  return document.getElementById(id);
}
function named() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
}
function open() {
  const id = named();
  const target = id && find(id);
  if (!target) return;
  for (let part = target; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") { part.hidden = false; part.open = true; }
  }
  target.scrollIntoView();
}
function onToggle(event) {
  if (event.target.open) unfold(event.target);
  makeAudible(event.target);
}
function makeAudible(part) {
  for (const address of all("a[data-sound]", part)) {
    if (address.nextElementSibling?.tagName === "AUDIO") continue;
    const player = document.createElement("audio");
    player.controls = true;
    player.preload = "none";
    player.src = address.href;
    player.setAttribute("aria-label", address.textContent);
    address.after(player);
  }
}

// ---- keys
const ARROWS = { ArrowLeft: () => beside(-1), ArrowRight: () => beside(1), ArrowUp: () => below(-1), ArrowDown: () => below(1) };
const KEYS = {
  "/": () => one("#q").focus(),
  n: () => go(nextOpen(1)),
  p: () => go(nextOpen(-1)),
  m: () => go(current),
};
function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || one("#help").open) return;
  if (event.target.matches("input, select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (event.target === current && event.key in ARROWS) {
    event.preventDefault();
    go(ARROWS[event.key]());
  } else if (event.key === "t") {
    turnTheme();
  } else if (event.key === "?") {
    one("#help").showModal();
  } else if (table && event.key in KEYS) {
    event.preventDefault();
    KEYS[event.key]();
  }
}

setTheme(state.get("theme"));
one("#theme").hidden = one("#keys").hidden = false;
one("#theme").addEventListener("click", turnTheme);
prefersDark.addEventListener("change", () => setTheme());
one("#keys").addEventListener("click", () => one("#help").showModal());
document.addEventListener("keydown", onKey);
document.addEventListener("toggle", onToggle, true);
all("article.finding").forEach(makeAudible);
if (table) {
  form.hidden = false;
  fillForm();
  makeSortable();
  if (state.has("sort")) sortBy(Math.abs(parseInt(state.get("sort"), 10)), state.get("sort").startsWith("-"));
  all(".cell", table).forEach((cell) => { cell.tabIndex = -1; });
  table.addEventListener("focusin", (event) => { if (event.target.matches(".cell")) settle(event.target); });
  filter();
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
}
addEventListener("hashchange", open);
open();
