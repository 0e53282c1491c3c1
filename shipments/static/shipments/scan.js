// The scan page: what a scanner types reaches the field from everywhere, codes are checked one after the other, and what
// is not as planned can be heard.
const form = document.querySelector("form[data-scan]");
const field = form.elements.code;
const answer = document.getElementById("scan-answer");
const others = "a, button, input, select, textarea, summary, label, dialog, [popover]";

// --- sound: two low tones, for people who look at the carton and not at the screen -----------------------------------
let sound;
const warn = () => {
  sound ??= new AudioContext();
  for (const start of [0, 0.25]) {
    const tone = new OscillatorNode(sound, { type: "square", frequency: 196 });
    tone.connect(new GainNode(sound, { gain: 0.2 })).connect(sound.destination);
    tone.start(sound.currentTime + start);
    tone.stop(sound.currentTime + start + 0.18);
  }
};

// --- codes, in the order in which they came: the next may be scanned before the last is answered ---------------------
let last = Promise.resolve();
let waiting = 0;
const ask = (values) => new Promise((resolve) => {
  answer.addEventListener("htmx:afterRequest", (event) => resolve(event.detail.successful), { once: true });
  htmx.ajax("POST", form.action, { source: answer, target: answer, values }).catch(() => resolve(false));
});
const check = async (values) => {
  if (!(await ask(values))) {
    const failed = document.getElementById("scan-failed").content.cloneNode(true);
    failed.querySelector("[data-code]").textContent = values.code;
    answer.replaceChildren(failed);
  }
  answer.ariaBusy = String(--waiting > 0);
  const verdict = answer.querySelector(".verdict");
  if (verdict && verdict.dataset.result !== "MATCH") warn();
};
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form));
  field.value = "";
  field.focus();
  if (!values.code.trim()) return;
  waiting += 1;
  answer.ariaBusy = "true";
  last = last.then(() => check(values));
});

// --- the focus comes back --------------------------------------------------------------------------------------------
document.addEventListener("keydown", (event) => {
  const isText = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
  const types = event.target.closest("input:not([type=checkbox]), select, textarea, dialog, [popover]");
  if (!isText || types || document.querySelector("dialog[open]")) return;
  event.stopPropagation();
  field.focus();
}, true);
document.addEventListener("click", (event) => {
  if (!event.target.closest(others) && getSelection().isCollapsed) field.focus();
});
form.elements.packs.addEventListener("change", () => field.focus());
window.addEventListener("focus", () => {
  if (document.activeElement === document.body) field.focus();
});
