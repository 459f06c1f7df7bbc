// The form that moves an item: its parents are searched, and the places of the chosen one asked for.

import { address, html } from "../ppas/net.js";
import { tell } from "../ppas/page.js";

const PAUSE = 250; // milliseconds without a key before a search is sent
let waiting;

// The list shows the last answer asked for, even where an earlier one comes later.
async function fill(list, path) {
  list.dataset.asked = path;
  list.setAttribute("aria-busy", "true");
  try {
    const options = await html(address(path));
    if (list.dataset.asked !== path) return false;
    list.innerHTML = options;
  } catch (refusal) {
    tell(refusal);
    return false;
  } finally {
    if (list.dataset.asked === path) list.removeAttribute("aria-busy");
  }
  return true;
}

function offerPlaces(form) {
  const { parent, position } = form.elements;
  if (parent.value) return fill(position, `${form.dataset.move}/places/${parent.value}`);
  position.replaceChildren();
  return true;
}

async function offerParents(form, asked) {
  const { parent } = form.elements;
  const before = parent.value;
  const query = new URLSearchParams({ find: asked });
  if (!(await fill(parent, `${form.dataset.move}/parents?${query}`))) return;
  if (parent.value !== before) await offerPlaces(form);
}

const mover = (target) => target.form?.matches("[data-move]") && target.form;

document.addEventListener("change", ({ target }) => {
  if (target.id === "f-parent" && mover(target)) offerPlaces(target.form);
});

document.addEventListener("input", ({ target }) => {
  if (target.id !== "f-find-parent" || !mover(target)) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => offerParents(target.form, target.value), PAUSE);
});

document.addEventListener("keydown", (event) => {
  if (event.target.id === "f-find-parent" && event.key === "Enter") event.preventDefault();
});
