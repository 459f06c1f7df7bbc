// Quick entry: asks for what the kind needs, says while typing whether the amount fits, and is
// ready for the next entry as soon as one is posted.

import { json } from "../ppas/net.js";
import { hooks } from "../ppas/hooks.js";

const PAUSE = 180;
const form = (of = document) => of.querySelector("form[data-available]");
let waiting = null;
let latest = 0;
let posted = false;

// Shows the fields of the chosen kind; a hidden one is not sent.
function arrange(of) {
  const kind = of.elements.kind.value;
  for (const slot of of.querySelectorAll("[data-kinds]")) {
    const kinds = slot.dataset.kinds;
    slot.hidden = kinds !== "" && !kinds.split(" ").includes(kind);
    for (const input of slot.querySelectorAll("input, select")) input.disabled = slot.hidden;
  }
  preset(of);
}

// Salaries and cash advances become due with their voucher.
function preset(of) {
  const tick = of.querySelector("input[type=checkbox][name=with_payable]");
  if (!tick || tick.dataset.chosen) return;
  const { appropriation_class: ofClass, mode } = of.elements;
  const { dueClass, dueMode } = of.dataset;
  tick.checked = ofClass.value === dueClass || mode?.value === dueMode;
}

function ask(of) {
  clearTimeout(waiting);
  waiting = setTimeout(() => answer(of), PAUSE);
}

async function answer(of) {
  const told = of.querySelector(".fit-line");
  const mine = ++latest;
  const query = new URLSearchParams(new FormData(of));
  query.delete("csrf_token");
  let found = null;
  try {
    found = await json(`${of.dataset.available}?${query}`);
  } catch { /* The form itself says what is wrong once it is posted. */ }
  if (mine !== latest || !told.isConnected) return;
  told.textContent = found?.message ?? "";
  told.classList.toggle("fits-yes", found?.fits === true);
  told.classList.toggle("fits-no", found?.fits === false);
}

function start(of) {
  if (!of) return;
  arrange(of);
  ask(of);
}

document.addEventListener("input", (event) => {
  const of = event.target.closest("form[data-available]");
  if (!of) return;
  if (event.target.name === "with_payable") event.target.dataset.chosen = "1";
  if (["kind", "appropriation_class", "mode"].includes(event.target.name)) arrange(of);
  ask(of);
});
document.addEventListener("saved", (event) => { posted = event.target.matches("#quick"); });

hooks.show.push(() => {
  start(form());
  if (posted) document.querySelector("#quick [data-first]")?.focus();
  posted = false;
});
hooks.dialog.push((dialog) => start(form(dialog)));
start(form());
if (location.hash === "#quick") document.querySelector("#quick [data-first]")?.focus();

// The menu of a row closes when something else is looked at.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".entry-menu[open]")) {
    if (!open.contains(event.target) || event.target.closest("button")) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector(".entry-menu[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
