// "/" goes to the search box from anywhere but a field. Whoever speaks to the computer can turn it off on the help page.

const SETTING = "zagumi.keys";

function isOn(): boolean {
  return localStorage.getItem(SETTING) !== "off";
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!isOn() || isWriting(event.target)) return;
  const box = document.querySelector<HTMLInputElement>('form[role="search"] input[name="q"]');
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

function show(button: HTMLButtonElement): void {
  button.setAttribute("aria-pressed", String(isOn()));
  button.textContent = (isOn() ? button.dataset.on : button.dataset.off) ?? "";
}

for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-keys]")) {
  button.hidden = false;
  show(button);
  button.addEventListener("click", () => {
    localStorage.setItem(SETTING, isOn() ? "off" : "on");
    show(button);
  });
}
