// Forms never lose typed data, search forms leave empty fields out of the address, errors take the focus.
const dirty = new Set();

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-guard")) dirty.add(form);
});
document.addEventListener("submit", (event) => {
  dirty.delete(event.target);
  if (!event.target.hasAttribute("data-clean")) return;
  for (const field of event.target.elements) {
    if (field.name && !field.value) {
      field.disabled = true;
      setTimeout(() => (field.disabled = false));
    }
  }
});
window.addEventListener("beforeunload", (event) => {
  if ([...dirty].some((form) => form.isConnected)) event.preventDefault();
});
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.elt.hasAttribute("data-clean")) return;
  const kept = event.detail.parameters;
  for (const name of Object.keys(kept)) if (kept[name] === "") delete kept[name];
});
document.querySelector("form [aria-invalid=true]")?.focus();
