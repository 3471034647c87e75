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

// <form data-once>: pressed once is enough.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  });
}
