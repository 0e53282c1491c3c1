// Rows that open on click, and the bulk bar: «12 selected», «all 3,481 selected».
const boxes = () => [...document.querySelectorAll("input[name=selected][form=bulk]")];

const refresh = () => {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  const everything = bar.elements.all.checked;
  for (const box of all) box.closest("tr").classList.toggle("selected", box.checked);
  const page = document.querySelector("[data-select-page]");
  page.checked = chosen.length === all.length;
  page.indeterminate = chosen.length > 0 && !page.checked;
  bar.hidden = chosen.length === 0;
  const count = bar.querySelector(".bulk-count");
  count.textContent = everything ? count.dataset.all : count.dataset.text.replace("{count}", chosen.length);
  const more = bar.querySelector("[data-select-all]");
  if (more) more.hidden = everything || !page.checked;
};

const choose = (checked) => {
  for (const box of boxes()) box.checked = checked;
  refresh();
};

let last = null;
document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.matches("[data-select-page]")) {
    document.getElementById("bulk").elements.all.checked = false;
    choose(target.checked);
  } else if (target.closest("[data-select-all]")) {
    document.getElementById("bulk").elements.all.checked = true;
    refresh();
  } else if (target.closest("[data-select-none]")) {
    document.getElementById("bulk").elements.all.checked = false;
    choose(false);
  } else if (target.matches("input[name=selected]")) {
    const all = boxes();
    if (event.shiftKey && last) {
      const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
      for (const box of all.slice(from, to + 1)) box.checked = target.checked;
    }
    last = target;
    document.getElementById("bulk").elements.all.checked = false;
    refresh();
  } else {
    const row = target.closest("table[data-list] tbody tr");
    if (!row || target.closest("a, button, input, label, summary") || String(getSelection())) return;
    if (target.closest(".check")) row.querySelector("input").click();
    else row.querySelector("th a, td a")?.dispatchEvent(new MouseEvent("click", event));
  }
});

document.addEventListener("auxclick", (event) => {
  if (event.button !== 1 || event.target.closest("a, button, input")) return;
  const link = event.target.closest("table[data-list] tbody tr")?.querySelector("th a, td a");
  if (link) window.open(link.href, "_blank", "noopener");
});

document.addEventListener("htmx:afterSwap", refresh);
window.addEventListener("pageshow", refresh);
