"use strict";
// Follows a run: asks how it stands, and adds what ended since. Names come from outside: all text is
// put in as text.
const PERIOD_MS = 1000;
const LOST_PERIOD_MS = 3000;
const MOST_MISSES = 20;
const LIMIT_MS = 10000;
const one = (selector) => document.querySelector(selector);

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
function worded(text) {  // what stands between backticks as code
  const parts = text.split("`");
  if (parts.length % 2 === 0) return [text];
  return parts.map((part, place) => (place % 2 ? make("code", {}, part) : part));
}
const badge = (letter, words) => make("span", { class: `badge ${letter}` }, make("b", {}, letter), words);
function setText(selector, text) {
  const element = one(selector);
  if (element.textContent !== text) element.textContent = text;
}
function span(seconds) {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
function under(part) {
  const words = [part.profile];
  if (part.sabotage) words.push(`sabotage ${part.sabotage}`);
  return words.join(", ");
}

// ---- light and dark, kept in the address as in the report
const root = document.documentElement;
const state = new URLSearchParams(location.search);
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
function setTheme(theme) {
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  setText("#theme", isDark() ? "Light" : "Dark");
}
function turnTheme() {
  setTheme(isDark() ? "light" : "dark");
  state.set("theme", root.dataset.theme);
  history.replaceState(null, "", `${location.pathname}?${state}${location.hash}`);
}

// ---- what ended
function finding(row, found) {
  const reads = [["Measured", found.measured], ["Expected", found.expected]];
  if (found.floor) reads.push(["Floor", found.floor.replace("floor of this machine: ", "")]);
  reads.push(["Ran as", under(row)], ["Scenario", row.scenario]);
  return make("article", { class: "card finding", tabindex: "-1" },
    make("header", {}, badge(found.letter, found.words), make("h3", {}, `${found.clause} `, ...worded(found.statement))),
    make("p", { class: "about" }, ...worded(found.source)),
    make("div", { class: "two" },
      make("p", { class: "reason" }, found.reason),
      make("dl", { class: "small" }, ...reads.flatMap(([name, text]) => [make("dt", {}, name), make("dd", {}, text)]))));
}
function attempts(row) {
  return remarked(row, `${row.scenario} (${under(row)}): ${row.attempts} attempt${row.attempts === 1 ? "" : "s"}`);
}
function remarked(part, text) {
  const item = make("li", {}, text);
  if (part.remarks.length) item.append(make("ul", { class: "plain" }, ...part.remarks.map((one) => make("li", {}, one))));
  return item;
}
function line(row) {
  const proven = row.words === "as declared";  // where a FAIL is no bad news
  const results = row.results.map(([clause, letter]) =>
    make("span", { class: `cell ${proven ? "N" : letter}` }, make("b", {}, letter), make("span", {}, clause)));
  return make("tr", {},
    make("th", { scope: "row" }, row.scenario), make("td", {}, under(row)),
    make("td", {}, badge(row.letter, row.words)),
    make("td", {}, make("div", { class: "results" }, ...results)),
    make("td", {}, row.took_s.toFixed(1)));
}
let known = 0;
let looks = 0;
let repeats = 0;
function add(row) {
  known += 1;
  one("#rows").prepend(line(row));
  for (const found of row.look) {
    looks += 1;
    one("#first-list").append(finding(row, found));
    setText("#news", `${found.words}: ${found.clause}, ${row.scenario}`);
  }
  if (row.attempts > 1 || row.remarks.length) {
    repeats += 1;
    one("#again-list").append(attempts(row));
  }
}
function count() {
  setText("#all-count", String(known));
  setText("#first-count", String(looks));
  setText("#again-count", String(repeats));
  one("#all-table").hidden = !known;
  one("#all-none").hidden = known > 0;
  one("#first-none").hidden = looks > 0;
  one("#again-none").hidden = repeats > 0;
}

// ---- how it stands
const TONES = new Map([[0, "good"], [1, "bad"]]);
function headline(view) {
  if (view.phase === "ended") return `Ended, exit code ${view.exit_code}`;
  if (view.phase === "waiting") return "Waiting for the run";
  return view.failed ? `Running, ${view.failed} failed` : "Running";
}
function why(view) {
  const far = `${view.done} of ${view.total} scenarios`;
  const failed = view.failed ? `, ${view.failed} failed` : "";
  if (view.phase === "ended") return `${view.why}; ${far}${failed}, in ${span(view.elapsed_s)}`;
  return [`${far}${failed}`, `for ${span(view.elapsed_s)}`, view.to_go].filter(Boolean).join(", ");
}
function head(view) {
  const ended = view.phase === "ended";
  const tone = ended ? TONES.get(view.exit_code) || "open" : view.failed ? "bad" : "";
  one("#head").className = `card verdict ${tone}`;
  setText("#headline", headline(view));
  if (view.phase === "waiting") return;
  setText("#why", why(view));
  const bar = one("#progress");
  bar.hidden = false;
  bar.max = view.total || 1;
  bar.value = view.done;
  document.title = `${ended ? "ended" : `${view.done}/${view.total}`}${view.failed ? `, ${view.failed} failed` : ""}: livekit-harness`;
}
let told = "";
function facts(view) {
  const now = JSON.stringify([view.facts, view.folder, view.notes]);
  if (now === told) return;
  told = now;
  setText("#folder", view.folder);
  one("#facts").replaceChildren(...view.facts.map(([name, text]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, text))));
  one("#notes").replaceChildren(...view.notes.map((text) => make("li", {}, text)));
  one("#know").hidden = !view.notes.length;
}
function running(view) {
  one("#running").replaceChildren(...view.running.map((part) => remarked(part,
    `${part.scenario} (${under(part)}), ${part.attempt ? `attempt ${part.attempt}` : "waits for its turn"}, ${span(part.since_s)}`)));
  one("#idle").hidden = view.running.length > 0;
}
let last = null;
function show(view) {
  last = view;
  view.rows.forEach(add);
  count();
  head(view);
  facts(view);
  running(view);
  one("#lost").hidden = true;
  one("#report").hidden = !view.has_report;
  one("#open").hidden = false;
  setText("#file", view.report);
  if (view.has_report) setText("#news", headline(view));
}
function lost() {
  one("#open").hidden = true;
  one("#lost").hidden = false;
  if (last?.phase === "ended") {
    one("#report").hidden = false;
    setText("#lost", "pytest has ended. Open the report from the file:");
  } else {
    const again = last ? `\`livekit-harness report ${last.folder}\` makes a report of what there is.` : "";
    one("#lost").replaceChildren("Nobody answers: the run has ended, or was ended. ", ...worded(again));
    one("#running").replaceChildren();
    one("#idle").hidden = true;
    setText("#headline", "Run out of sight");
  }
}

// ---- asking: one question at a time, none while nobody looks, and not for ever without an answer
let misses = 0;
let asking = false;
let timer = 0;
async function ask() {
  if (asking || document.hidden) return;
  asking = true;
  clearTimeout(timer);
  try {
    const answer = await fetch(`state.json?since=${known}`, { cache: "no-store", signal: AbortSignal.timeout(LIMIT_MS) });
    if (!answer.ok) throw new Error(answer.statusText);
    show(await answer.json());
    misses = 0;
  } catch {
    misses += 1;
    lost();
  }
  asking = false;
  if (misses >= MOST_MISSES || (misses && last?.phase === "ended")) return;
  const behind = last && known < last.count;
  timer = setTimeout(ask, misses ? LOST_PERIOD_MS : behind ? 0 : PERIOD_MS);
}

// ---- keys
function lead(step) {
  const found = [...document.querySelectorAll("#first-list article")];
  const at = found.indexOf(document.activeElement);
  const next = found[at < 0 ? (step > 0 ? 0 : found.length - 1) : at + step];
  if (next) next.focus();
}
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "t") turnTheme();
  if (event.key === "n") lead(1);
  if (event.key === "p") lead(-1);
});
setTheme(state.get("theme"));
one("#theme").addEventListener("click", turnTheme);
prefersDark.addEventListener("change", () => setTheme());
document.addEventListener("visibilitychange", ask);
ask();
