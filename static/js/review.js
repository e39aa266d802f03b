// The review desk by keyboard, and its viewer. Every page works without this; what is decided is decided by buttons.
const OFF = "jinbang-review-keys-off";
const ZOOMS = [1, 2, 3];

// ------------------------------------------------------------------ the viewer: pages, size and turn, all by classes
const viewer = document.querySelector("[data-viewer]");
const papers = viewer ? [...viewer.querySelectorAll(".jb-paper:has(img)")] : [];
let shown = 0;
let zoom = 1;
let turn = 0;

function show() {
  papers.forEach((paper, number) => {
    paper.classList.toggle("jb-paper--shown", number === shown);
    paper.dataset.zoom = number === shown ? zoom : 1;
    paper.dataset.turn = number === shown ? turn : 0;
  });
  const picture = papers[shown].querySelector("img");
  viewer.querySelector("[data-view-status]").textContent = `${picture.alt}，${zoom} 倍，转 ${turn} 度`;
}

function view(what) {
  if (!papers.length) return;
  if (what === "next" || what === "previous") {
    shown = (shown + (what === "next" ? 1 : papers.length - 1)) % papers.length;
    zoom = 1;
    turn = 0;
  } else if (what === "turn") {
    turn = (turn + 90) % 360;
  } else {
    const place = ZOOMS.indexOf(zoom) + (what === "in" ? 1 : -1);
    zoom = ZOOMS[Math.min(Math.max(place, 0), ZOOMS.length - 1)];
  }
  show();
}

if (papers.length) {
  viewer.classList.add("jb-viewer");
  viewer.querySelector(".jb-viewer__tools").hidden = false;
  for (const button of viewer.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => view(button.dataset.view));
  }
  show();
}

// ------------------------------------------------------------------ the checklist
const lines = [...document.querySelectorAll("[data-line]")];

function lineHere() {
  return lines.findIndex((line) => line.contains(document.activeElement));
}

function focusLine(number) {
  const line = lines[Math.min(Math.max(number, 0), lines.length - 1)];
  (line?.querySelector("input:checked") ?? line?.querySelector("input"))?.focus();
}

function mark(place) {
  const here = Math.max(lineHere(), 0);
  const choice = lines[here]?.querySelectorAll("input[type=radio]")[place];
  if (!choice) return;
  choice.checked = true;
  if (place === 0) focusLine(here + 1);
  else lines[here].querySelector("input[type=text]").focus();
}

// ------------------------------------------------------------------ decisions: a key leads to the button, Enter presses it
function decide(what) {
  const button = document.querySelector(`[data-decide="${what}"]`);
  button?.focus();
  button?.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => focusLine(lineHere() + 1),
  k: () => focusLine(lineHere() - 1),
  1: () => mark(0),
  2: () => mark(1),
  3: () => mark(2),
  a: () => decide("approve"),
  r: () => decide("return"),
  x: () => decide("refuse"),
  s: () => document.querySelector('[data-decide="save"]')?.click(),
  n: () => document.querySelector('[data-review="next"]')?.requestSubmit(),
  v: () => view("next"),
  t: () => view("turn"),
  "+": () => view("in"),
  "=": () => view("in"),
  "-": () => view("out"),
  "?": () => {
    const help = document.getElementById("keys");
    if (!help) return;
    help.open = true;
    help.querySelector("summary").focus();
  },
};

const off = document.querySelector("[data-keys-off]");
if (off) {
  off.checked = localStorage.getItem(OFF) === "yes";
  off.addEventListener("change", () => localStorage.setItem(OFF, off.checked ? "yes" : ""));
}

function isTyping(element) {
  return element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && isTyping(event.target)) {
    const line = event.target.closest("[data-line]");
    event.target.blur();
    if (line) focusLine(lines.indexOf(line));
    return;
  }
  if (isTyping(event.target) || localStorage.getItem(OFF) === "yes") return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Enter in the words of a line goes on to the next line instead of sending the form by its first button.
for (const [number, line] of lines.entries()) {
  line.querySelector("input[type=text]").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    focusLine(number + 1);
  });
}

// ------------------------------------------------------------------ a run that the worker carries on
if (document.querySelector("[data-reload]")) setTimeout(() => location.reload(), 3000);
