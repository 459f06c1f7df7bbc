// The menu of actions of a row: one element for all rows, showing what the row allows.

const menu = () => document.getElementById("row-menu");
const items = () => [...menu().querySelectorAll('[role="menuitem"]')].filter((one) => !one.hidden);
let current = null;
let opener = null;
let openedAt = 0;
const SCROLLED_AWAY = 60; // pixels; a phone still rolling a little must not close it

function flags(row) {
  const found = new Set(row.dataset.flags.split(" ").filter(Boolean));
  // Cancelled because everything below is: it opens again with what is below.
  if (found.has("cancelled") && found.has("parent") && !found.has("byhand")) found.add("followed");
  return found;
}

export function openMenu(row, button) {
  if (!menu()) return;
  current = row;
  opener = document.activeElement === row ? row : button;
  const has = flags(row);
  for (const item of menu().querySelectorAll('[role="menuitem"]')) {
    const needs = (item.dataset.needs ?? "").split(" ").filter(Boolean);
    const not = (item.dataset.not ?? "").split(" ").filter(Boolean);
    item.hidden = !needs.every((one) => has.has(one)) || not.some((one) => has.has(one));
    item.tabIndex = -1;
  }
  menu().hidden = false;
  openedAt = window.scrollY;
  place(button.getBoundingClientRect());
  items()[0]?.focus({ preventScroll: true });
}

function place(at) {
  const box = menu().getBoundingClientRect();
  const below = at.bottom + box.height < window.innerHeight;
  const top = below ? at.bottom + 2 : Math.max(8, at.top - box.height - 2);
  menu().style.top = `${Math.min(top, Math.max(8, window.innerHeight - box.height - 8))}px`;
  menu().style.left = `${Math.max(8, at.right - box.width)}px`;
}

function closeMenu(refocus = false) {
  if (!menu() || menu().hidden) return;
  menu().hidden = true;
  if (refocus) opener?.focus();
}

// `act` gets the row and the chosen item.
export function wireMenu(act) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    const item = event.target.closest('#row-menu [role="menuitem"]');
    if (item) {
      const row = current;
      closeMenu(true);
      act(row, item);
    } else if (button) {
      const wasOpen = menu() && !menu().hidden && current === button.closest("tr");
      closeMenu();
      if (!wasOpen) openMenu(button.closest("tr"), button);
    } else if (!event.target.closest("#row-menu")) closeMenu();
  });
  document.addEventListener("keydown", (event) => {
    if (!menu() || menu().hidden || !menu().contains(event.target)) return;
    const all = items();
    const here = all.indexOf(event.target);
    const moves = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 };
    if (event.key === "Escape" || event.key === "Tab") closeMenu(true);
    else if (event.key in moves) all.at(moves[event.key] % all.length).focus();
    else return;
    event.preventDefault();
  });
  window.addEventListener(
    "scroll",
    () => Math.abs(window.scrollY - openedAt) > SCROLLED_AWAY && closeMenu(),
    { passive: true },
  );
  window.addEventListener("resize", () => closeMenu());
}
