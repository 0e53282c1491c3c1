// Short messages: those of the page, those that an htmx answer brings, and those of a lost network.
const box = document.getElementById("toasts");

const dress = (toast) => {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "ghost";
  close.ariaLabel = box.dataset.close;
  close.textContent = "×";
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  // What went wrong stays until it is read.
  if (!toast.matches(".tone-red, .tone-amber")) setTimeout(() => toast.remove(), 6000);
};

const show = (text, tone) => {
  const toast = document.createElement("div");
  toast.className = `toast tone-${tone}`;
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  toast.append(paragraph);
  box.append(toast);
  dress(toast);
};

if (box) {
  box.querySelectorAll(".toast").forEach(dress);
  document.addEventListener("toast", (event) => {
    for (const item of event.detail.items ?? []) show(item.text, item.tone);
  });
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Trigger")) show(box.dataset.failed, "red");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => show(box.dataset.offline, "red"));
  }
}
