// What the console gains by scripts. Every page works without them.

// The way folds on small windows; without scripts it stays open.
const narrow = matchMedia("(max-width: 52rem)");
const fold = () => {
  for (const way of document.querySelectorAll("[data-fold]")) way.open = !narrow.matches;
};
fold();
narrow.addEventListener("change", fold);

// <button data-copy="#id">: copies what the element says.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.querySelector(button.dataset.copy);
    const text = "value" in source ? source.value : source.textContent;
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text.trim());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it and copy";
    }
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// <a data-dialog="id" href="...">: opens the dialog of this page instead of the page that asks the same.
for (const opener of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) continue;
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
  });
}

// <button data-close>: closes its dialog.
for (const closer of document.querySelectorAll("dialog [data-close]")) {
  closer.addEventListener("click", (event) => {
    event.preventDefault();
    closer.closest("dialog").close();
  });
}

// <form data-once>: pressed once is enough.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}

// <time data-until datetime="...">: counts down, once a second.
const pieces = (seconds) => {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const words = [];
  for (const [size, unit] of parts) {
    if (seconds >= size || (size === 1 && words.length === 0)) words.push(`${Math.floor(seconds / size)} ${unit}`);
    seconds %= size;
  }
  return words.slice(0, 2).join(" ");
};
const clocks = document.querySelectorAll("time[data-until]");
const tick = () => {
  for (const clock of clocks) {
    const left = Math.round((Date.parse(clock.dateTime) - Date.now()) / 1000);
    clock.textContent = left > 0 ? pieces(left) : "now";
  }
};
if (clocks.length > 0) setInterval(tick, 1000);
