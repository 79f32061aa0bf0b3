// Keyboard shortcuts and small comforts of the desk. Every page works without this file.
//
// Markup speaks to it by attributes:
//   data-row            one line of a list that j and k walk through
//   data-key="a"        this control is pressed by the key a (first in the current row, then anywhere)
//   data-go="q"         this link is followed by g, then q
//   data-filter         the field that / goes to
//   data-opens="id"     opens the dialog with that id; data-closes inside it closes it
//   data-keys-switch    turns the single keys off and on
//   data-needs-script   hidden until this file runs

const STORE = "single-keys-off";
const FIELDS = "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
let prefix = 0; // until when a letter after g counts

function stored() {
  try {
    return localStorage.getItem(STORE) === "1";
  } catch {
    return false; // storage may be forbidden; then keys are on until the page is left
  }
}

let off = stored();

function showSwitch() {
  for (const control of all("[data-keys-switch]")) {
    control.setAttribute("aria-pressed", String(off));
    control.textContent = `Turn single-key shortcuts ${off ? "on" : "off"}`;
  }
}

function toggleKeys() {
  off = !off;
  try {
    localStorage.setItem(STORE, off ? "1" : "0");
  } catch {
    // as above
  }
  showSwitch();
}

function currentRow() {
  return document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row][aria-current]");
}

function linkOf(row) {
  return row?.querySelector("h3 a, a");
}

function move(by) {
  const rows = all("[data-row]");
  const at = rows.indexOf(currentRow());
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  linkOf(rows[next])?.focus();
}

function visible(control) {
  return control.getClientRects().length > 0 && !control.disabled;
}

function control(key) {
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const row = currentRow();
  return (row ? all(selector, row) : []).concat(all(selector)).find(visible);
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  o: () => linkOf(currentRow())?.click(),
  x: () => currentRow()?.querySelector("input[type=checkbox]")?.click(),
  "/": () => document.querySelector("[data-filter]")?.focus(),
  "?": () => open("keys-dialog"),
  g: () => {
    prefix = Date.now() + 1500;
  },
};

function open(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function follow(key) {
  prefix = 0;
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

function onKey(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    target.closest("form[method=post]")?.requestSubmit();
    return;
  }
  if (event.key === "Escape") all("details.account[open]").forEach((menu) => menu.removeAttribute("open"));
  if (off || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest(FIELDS) || document.querySelector("dialog[open]")) return;
  if (prefix > Date.now() && event.key.length === 1) {
    event.preventDefault();
    follow(event.key);
    return;
  }
  const pressed = control(event.key);
  const act = pressed ? () => pressed.click() : ACTIONS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

function onClick(event) {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-opens]");
  if (opener && document.getElementById(opener.dataset.opens)) {
    event.preventDefault();
    open(opener.dataset.opens);
  }
  if (target?.closest("[data-closes]")) target.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement) target.close(); // the backdrop, not what is in the dialog
  if (target?.closest("[data-keys-switch]")) toggleKeys();
  for (const menu of all("details.account[open]")) if (!menu.contains(target)) menu.removeAttribute("open");
}

function settle(root) {
  all("[data-needs-script]").forEach((part) => part.removeAttribute("hidden"));
  root.querySelector?.(".errors")?.focus();
}

function say(text) {
  const place = document.getElementById("messages");
  if (!place) return;
  const line = document.createElement("p");
  line.className = "flag fail";
  line.textContent = text;
  place.replaceChildren(line);
}

const LOST = "That didn’t reach us. Your text is still here. Try again.";
const FAILED = "We couldn’t do that. Nothing was changed, and your text is still here. Try again in a minute.";
document.addEventListener("keydown", onKey);
document.addEventListener("click", onClick);
document.addEventListener("htmx:afterSwap", (event) => settle(event.target));
document.addEventListener("htmx:sendError", () => say(LOST));
document.addEventListener("htmx:responseError", () => say(FAILED));
showSwitch();
settle(document);
