// Keys for people who do this all day; never while they type, never with Ctrl, Alt or Meta.
const typing = (target) => target.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");
const follow = (selector) => document.querySelector(selector)?.click();
const rows = () => [...document.querySelectorAll("table[data-list] tbody tr")];

const move = (step) => {
  const all = rows();
  const current = all.findIndex((row) => row.hasAttribute("data-current"));
  const next = all[Math.min(Math.max(current + step, 0), all.length - 1)];
  if (!next) return;
  all[current]?.removeAttribute("data-current");
  next.setAttribute("data-current", "");
  (next.querySelector("th a, td a") ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
};
const inRow = (selector) => document.querySelector("tr[data-current]")?.querySelector(selector);

let waitsForPlace = false;
const go = (key) => {
  waitsForPlace = false;
  follow(`#navigation a[data-key="${CSS.escape(key)}"]`);
};

const keys = {
  "/": () => (document.getElementById("find") ?? document.querySelector("#filters input[type=search]"))?.select(),
  "?": () => document.getElementById("help")?.showModal(),
  j: () => move(1),
  k: () => move(-1),
  x: () => inRow("input[type=checkbox]")?.click(),
  Enter: () => inRow("th a, td a")?.click(),
  e: () => follow("[data-export]"),
  n: () => follow("a[rel=next]"),
  p: () => follow("a[rel=prev]"),
  g: () => {
    waitsForPlace = true;
    setTimeout(() => (waitsForPlace = false), 1500);
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) return event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (waitsForPlace) return go(event.key);
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
