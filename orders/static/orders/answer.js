// The answering screen: keys, checks while typing (the server checks the same), totals, edits that outlive the page.
const KEPT_FOR = 14 * 24 * 3600 * 1000;
const FIELDS = ["accepted", "backordered", "rejected", "reason", "later", "day"];
const QUANTITIES = ["accepted", "backordered", "rejected"];
const table = () => document.querySelector("table[data-answer]");
const lines = () => [...document.querySelectorAll("table[data-answer] tr.line")];
const orderOf = (part) => part.closest("tbody[data-order]");
const fields = (line) => Object.fromEntries([...line.querySelectorAll("[data-field]")].map((field) => [field.dataset.field, field]));
const shown = (line) => {
  const values = JSON.parse(line.dataset.shown).map(String);
  return Object.fromEntries(FIELDS.map((name, place) => [name, values[place]]));
};
const count = (text) => {
  const bare = text.replace(/[,\s]/g, "");
  return bare === "" ? 0 : /^\d+$/.test(bare) ? Number(bare) : NaN;
};
const read = (line) => {
  const values = shown(line);
  for (const [name, field] of Object.entries(fields(line))) values[name] = field.value.trim();
  return values;
};
const isEdited = (line) => {
  const before = shown(line);
  return Object.entries(fields(line)).some(([name, field]) =>
    name === "cost" ? field.value !== field.defaultValue
      : QUANTITIES.includes(name) ? count(field.value) !== Number(before[name]) : field.value.trim() !== before[name]);
};
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);
const money = (value, currency) => !currency ? "–" : new Intl.NumberFormat(document.documentElement.lang, {
  style: "currency", currency, currencyDisplay: "code",
}).format(value);

// --- the rules of one line: the same as the server's -----------------------------------------------------------------
const wrong = (line) => {
  if (line.hasAttribute("data-closed")) return null;
  const text = table().dataset;
  const values = read(line);
  const [accepted, backordered, rejected] = QUANTITIES.map((name) => count(values[name] ?? "0"));
  const ordered = Number(line.dataset.ordered);
  const step = Number(line.dataset.step);
  if ([accepted, backordered, rejected].some(Number.isNaN)) return { text: text.wrongNumber };
  const answered = accepted + backordered + rejected;
  const figures = { answered: number(answered), ordered: number(ordered), left: number(ordered - answered), step: number(step) };
  if (answered > ordered) return { text: fill(text.wrongOver, figures) };
  if (answered < ordered) return { text: fill(text.wrongSum, figures) };
  if ([accepted, backordered, rejected].some((part) => part % step)) return { text: fill(text.wrongCases, figures) };
  if (backordered && line.dataset.later === "0") return { text: text.wrongAllowed };
  if (backordered && !values.later) return { text: text.wrongLater };
  if (rejected && !values.reason) return { text: text.wrongReason };
  const available = line.dataset.available;
  if (available !== "" && accepted > Number(available) && isEdited(line)) {
    return { text: fill(text.short, { available: number(Number(available)) }), isWarning: true };
  }
  return null;
};

// the day of a back-order and the reason of a rejection are there when they are needed
const dress = (line) => {
  const values = read(line);
  ["accepts", "backorders", "rejects"].forEach((name, place) =>
    line.classList.toggle(name, count(values[QUANTITIES[place]] ?? "0") !== 0));
};
const check = (line) => {
  const found = wrong(line);
  const why = line.querySelector(".why");
  why.querySelector(".wrong")?.remove();
  const isWrong = Boolean(found) && !found.isWarning;
  line.classList.toggle("incomplete", isWrong);
  line.classList.toggle("edited", isEdited(line));
  dress(line);
  for (const name of QUANTITIES) fields(line)[name]?.toggleAttribute("aria-invalid", isWrong);
  if (!found) return true;
  const note = document.createElement("p");
  note.className = `wrong tone-${isWrong ? "red" : "amber"}`;
  note.textContent = found.text;
  why.prepend(note);
  return !isWrong;
};

// --- totals ----------------------------------------------------------------------------------------------------------
const add = (sums, line) => {
  const values = read(line);
  const parts = QUANTITIES.map((name) => count(values[name] ?? "0") || 0);
  sums.ordered += Number(line.dataset.ordered);
  QUANTITIES.forEach((name, place) => (sums[name] += parts[place]));
  sums.amount += (parts[0] + parts[1]) * Number(line.dataset.cost);
};
const total = (part) => {
  const sums = { ordered: 0, accepted: 0, backordered: 0, rejected: 0, amount: 0 };
  for (const line of part.querySelectorAll("tr.line")) add(sums, line);
  return sums;
};
const element = (name, text, className = "") => {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = className;
  return made;
};
const show = (place, byCurrency) => {
  place.replaceChildren();
  for (const [currency, sums] of byCurrency) {
    const one = document.createElement("span");
    const units = document.createElement("span");
    units.append(element("b", number(sums.accepted)), ` / ${number(sums.backordered)} / ${number(sums.rejected)} `,
      element("span", fill(table().dataset.of, { ordered: number(sums.ordered) }), "muted"));
    const share = sums.ordered ? Math.floor((100 * sums.accepted) / sums.ordered) : 0;
    one.append(units, " ", element("span", money(sums.amount, currency), "money"), " ", element("span", `${share} %`, "fill"));
    place.append(one, " ");
  }
};
const boxes = () => [...document.querySelectorAll("input[name=order][form=chosen]")];
const chosen = () => boxes().filter((box) => box.checked).map(orderOf);

const refreshOrder = (order) => {
  const sums = order.querySelector("[data-sums]");
  if (!sums) return;
  show(sums, [[order.dataset.currency, total(order)]]);
  const edited = order.querySelector("tr.edited") !== null;
  const reset = order.querySelector("[data-reset]");
  if (reset) reset.hidden = !edited;
};
const refreshBar = () => {
  const bar = document.getElementById("chosen");
  if (!bar) return;
  const selected = chosen();
  const counted = selected.length ? selected : [...document.querySelectorAll("tbody[data-order]:not([data-sent])")];
  const byCurrency = new Map();
  for (const order of counted) {
    const sums = byCurrency.get(order.dataset.currency) ?? { ordered: 0, accepted: 0, backordered: 0, rejected: 0, amount: 0 };
    for (const line of order.querySelectorAll("tr.line")) add(sums, line);
    byCurrency.set(order.dataset.currency, sums);
  }
  show(bar.querySelector("[data-total]"), byCurrency);
  const text = table().dataset;
  bar.querySelector("[data-count]").textContent =
    fill(selected.length ? text.selected : text.shown, { count: number(counted.length) });
  bar.querySelector("[data-review]").disabled = !selected.length;
  const all = document.querySelector("[data-choose-all]");
  if (all) {
    all.checked = selected.length > 0 && selected.length === boxes().length;
    all.indeterminate = selected.length > 0 && !all.checked;
  }
};
let waiting = 0;
const refresh = (order) => {
  refreshOrder(order);
  cancelAnimationFrame(waiting);
  waiting = requestAnimationFrame(refreshBar);
};

// --- edits outlive the page: kept in the browser until the answer is sent ---------------------------------------------
const slot = (order) => `acorn:answer:${order.dataset.order}:${order.dataset.version}`;
let isKept = true;
const edits = (order) => {
  const found = {};
  for (const line of order.querySelectorAll("tr.line")) {
    if (!isEdited(line)) continue;
    for (const [name, field] of Object.entries(fields(line))) found[`${name}.${line.dataset.line}`] = field.value;
  }
  return found;
};
const keep = (order) => {
  const found = edits(order);
  try {
    if (Object.keys(found).length) localStorage.setItem(slot(order), JSON.stringify({ at: Date.now(), fields: found }));
    else localStorage.removeItem(slot(order));
    isKept = true;
  } catch {
    isKept = false; // no room, or not allowed: the guard below asks before the page is left
  }
};
const forget = (order) => {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(`acorn:answer:${order.dataset.order}:`)) localStorage.removeItem(key);
    }
  } catch {
    // nothing was kept
  }
};
const restore = (order) => {
  let stored = null;
  try {
    stored = JSON.parse(localStorage.getItem(slot(order)));
  } catch {
    return 0;
  }
  if (!stored?.fields || order.querySelector(".said .finding")) return 0;
  for (const line of order.querySelectorAll("tr.line")) {
    for (const [name, field] of Object.entries(fields(line))) {
      const value = stored.fields[`${name}.${line.dataset.line}`];
      if (typeof value === "string") field.value = value;
    }
  }
  return Object.keys(edits(order)).length ? 1 : 0;
};
const tidy = () => {
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith("acorn:answer:")) continue;
      if (!(Date.now() - JSON.parse(localStorage.getItem(key)).at < KEPT_FOR)) localStorage.removeItem(key);
    }
  } catch {
    // a store that cannot be read is none of our concern
  }
};
window.addEventListener("beforeunload", (event) => {
  if (!isKept && document.querySelector("tr.line.edited")) event.preventDefault();
});

// --- changing a line -------------------------------------------------------------------------------------------------
const history = new WeakMap();
const remember = (line) => {
  const steps = history.get(line) ?? [];
  steps.push(Object.fromEntries(Object.entries(fields(line)).map(([name, field]) => [name, field.value])));
  history.set(line, steps.slice(-50));
};
const changed = (line) => {
  check(line);
  keep(orderOf(line));
  refresh(orderOf(line));
};
const put = (line, values) => {
  if (line.hasAttribute("data-closed")) return;
  remember(line);
  const there = fields(line);
  for (const [name, value] of Object.entries(values)) if (there[name]) there[name].value = value;
  changed(line);
};
const undo = (line) => {
  const before = history.get(line)?.pop();
  if (!before) return;
  for (const [name, field] of Object.entries(fields(line))) field.value = before[name] ?? field.value;
  changed(line);
};
const rest = (line, other) => {
  const values = read(line);
  const accepted = count(values.accepted) || 0;
  const taken = count(values[other] ?? "0") || 0;
  const ordered = Number(line.dataset.ordered);
  return accepted + taken < ordered ? { accepted, left: ordered - accepted, other: 0 } : { accepted: 0, left: ordered, other: 0 };
};
const accept = (line) => put(line, { accepted: line.dataset.ordered, backordered: 0, rejected: 0, reason: "" });
const backorder = (line) => {
  if (line.dataset.later === "0") return;
  const { accepted, left } = rest(line, "backordered");
  put(line, { accepted, backordered: left, rejected: 0, reason: "" });
  if (!read(line).later) fields(line).later?.focus();
};
const reject = (line) => {
  const { accepted, left } = rest(line, "rejected");
  put(line, { accepted, backordered: 0, rejected: left, reason: read(line).reason || "TEMPORARILY_UNAVAILABLE" });
};

// --- moving about ----------------------------------------------------------------------------------------------------
const current = () => document.activeElement?.closest("tr.line, tbody[data-order]")?.closest("tr.line") ?? document.querySelector("tr.line[data-current]");
const stand = (line, name = "accepted") => {
  if (!line) return;
  document.querySelector("tr.line[data-current]")?.removeAttribute("data-current");
  line.setAttribute("data-current", "");
  const field = fields(line)[name] ?? fields(line).accepted;
  if (field) {
    field.focus({ preventScroll: true });
    field.select?.();
  } else {
    line.tabIndex = -1;
    line.focus({ preventScroll: true });
  }
  line.scrollIntoView({ block: "nearest" });
};
const move = (step) => {
  const all = lines();
  const place = all.indexOf(current());
  stand(all[Math.min(Math.max(place + step, 0), all.length - 1)], document.activeElement?.dataset?.field);
};
const moveOrder = (step) => {
  const all = [...document.querySelectorAll("tbody[data-order]:not([data-sent])")];
  const here = current();
  const place = here ? all.indexOf(orderOf(here)) : step > 0 ? -1 : 0;
  stand(all[Math.min(Math.max(place + step, 0), all.length - 1)]?.querySelector("tr.line"));
};
const choose = (line) => {
  const box = orderOf(line).querySelector("input[name=order]");
  if (!box) return;
  box.checked = !box.checked;
  select(box);
};
const select = (box) => {
  orderOf(box).classList.toggle("selected", box.checked);
  refreshBar();
};
const open = (line) => {
  const details = line.querySelector(".why details");
  if (!details) return;
  details.open = !details.open;
  if (details.open) (details.querySelector("[data-option]") ?? details.querySelector("summary")).focus();
  else stand(line);
};
const apply = (link) => {
  const line = link.closest("tr.line");
  const values = JSON.parse(link.dataset.option).map(String);
  put(line, Object.fromEntries(FIELDS.map((name, place) => [name, values[place]])));
  link.closest("details").open = false;
  stand(line);
};
const send = (line) => {
  const order = orderOf(line);
  const bad = [...order.querySelectorAll("tr.line")].filter((each) => !check(each));
  if (bad.length) return stand(bad[0]);
  const button = order.querySelector("[data-send]");
  button?.form.requestSubmit(button);
};
const review = () => {
  const bar = document.getElementById("chosen");
  const here = current();
  if (bar && !chosen().length && here) choose(here);
  if (bar && chosen().length) bar.requestSubmit(bar.querySelector("[data-review]"));
};

const keys = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  J: () => moveOrder(1),
  K: () => moveOrder(-1),
  a: (line) => accept(line),
  b: (line) => backorder(line),
  r: (line) => reject(line),
  u: (line) => undo(line),
  x: (line) => choose(line),
  o: (line) => open(line),
  Enter: (line) => send(line),
  "/": () => document.querySelector("#filters input[type=search]")?.select(),
  "?": () => document.getElementById("answer-help")?.showModal(),
};
const FREE = ["j", "k", "J", "K", "/", "?", "ArrowDown", "ArrowUp"];

document.addEventListener("keydown", (event) => {
  if (!table() || event.altKey || event.metaKey || event.isComposing || document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return review();
  }
  if (event.ctrlKey) return;
  const option = target.closest("[data-option], details[open] > summary");
  if (option && /^[1-9]$/.test(event.key)) {
    const all = option.closest("details").querySelectorAll("[data-option]");
    if (all[event.key - 1]) apply(all[event.key - 1]);
    return event.preventDefault();
  }
  // letters are no figures: in a quantity they are commands; elsewhere what is typed is meant
  const isQuantity = target.matches("input.eaches[data-field]");
  if (!isQuantity && target.closest("input:not([type=checkbox]), select, textarea")) return;
  if (event.key.startsWith("Arrow") && !isQuantity) return;
  if (event.key === "Enter" && target.closest("a, button, summary")) return;
  const action = keys[event.key];
  const line = current();
  if (!action || (!line && !FREE.includes(event.key))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  action(line);
}, true);

document.addEventListener("focusin", (event) => {
  const line = event.target.closest("table[data-answer] tr.line");
  if (!line || line.hasAttribute("data-current")) return;
  document.querySelector("tr.line[data-current]")?.removeAttribute("data-current");
  line.setAttribute("data-current", "");
});
document.addEventListener("beforeinput", (event) => {
  const line = event.target.closest?.("table[data-answer] tr.line");
  if (line && event.target.dataset.field && !event.target.dataset.remembered) {
    remember(line);
    event.target.dataset.remembered = "1";
  }
});
document.addEventListener("change", (event) => {
  const line = event.target.closest("table[data-answer] tr.line");
  if (line && event.target.dataset.field) {
    delete event.target.dataset.remembered;
    changed(line);
  }
  if (event.target.matches("input[name=order][form=chosen]")) select(event.target);
  if (event.target.matches("[data-choose-all]")) {
    for (const box of boxes()) {
      box.checked = event.target.checked;
      orderOf(box).classList.toggle("selected", box.checked);
    }
    refreshBar();
  }
});
document.addEventListener("input", (event) => {
  const line = event.target.closest("table[data-answer] tr.line");
  if (!line || !event.target.dataset.field) return;
  dress(line);
  keep(orderOf(line));
  refresh(orderOf(line));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-option]");
  if (link && table()) {
    event.preventDefault();
    return apply(link);
  }
  const reset = event.target.closest("[data-reset]");
  if (reset) {
    const order = orderOf(reset);
    for (const line of order.querySelectorAll("tr.line")) {
      if (!isEdited(line)) continue;
      const cost = fields(line).cost;
      put(line, { ...shown(line), ...(cost ? { cost: cost.defaultValue } : {}) });
    }
  }
});
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "chosen") {
    const found = {};
    for (const order of chosen()) {
      const edited = edits(order);
      if (Object.keys(edited).length) found[order.dataset.order] = edited;
    }
    form.elements.edits.value = JSON.stringify(found);
    return;
  }
  const order = form.id.startsWith("f-") ? orderOf(form) : null;
  if (!order) return;
  // asked at the moment of sending: the amount is that of now
  form.dataset.confirm = fill(table().dataset.ask, {
    number: order.dataset.number,
    place: order.dataset.place,
    amount: money(total(order).amount, order.dataset.currency),
  });
}, true);
document.addEventListener("htmx:afterSettle", (event) => {
  const order = event.target.matches?.("tbody[data-order]") ? event.target : null;
  if (order?.hasAttribute("data-sent")) {
    forget(order);
    const next = order.nextElementSibling?.querySelector?.("tr.line") ?? lines()[0];
    stand(next);
    refreshBar();
  } else if (order) {
    for (const line of order.querySelectorAll("tr.line")) check(line);
    refresh(order);
    stand(order.querySelector("tr.line.refused, tr.line.incomplete") ?? order.querySelector("tr.line"));
  } else if (event.target.querySelector?.("table[data-answer]") || event.target.matches?.(".answer-wrap")) start();
});

const start = () => {
  if (!table()) return;
  tidy();
  let restored = 0;
  for (const order of document.querySelectorAll("tbody[data-order]")) {
    restored += restore(order);
    for (const line of order.querySelectorAll("tr.line")) if (isEdited(line) || order.classList.contains("refused")) check(line);
    refreshOrder(order);
  }
  refreshBar();
  if (restored) {
    document.dispatchEvent(new CustomEvent("toast", {
      detail: { items: [{ text: fill(table().dataset.restored, { count: restored }), tone: "blue" }] },
    }));
  }
};
start();
