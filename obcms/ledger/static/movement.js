// The form of a document that moves money: says while typing what it comes to and who follows.

import { html } from "../ppas/net.js";

const PAUSE = 250, MORE = 6;
let waiting = null;

async function check(form) {
  const place = form.querySelector("#movement-check");
  try {
    place.innerHTML = await html(form.dataset.check, new FormData(form));
  } catch { /* The document itself says what is wrong once it is posted. */ }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-check]");
  if (!form) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => check(form), PAUSE);
});

// Without this the button asks the server for a longer form.
function addRows(form) {
  const count = form.elements.rows;
  const rows = form.querySelectorAll(".movement-row");
  const last = rows[rows.length - 1];
  let place = rows.length;
  for (let n = 0; n < MORE && place < Number(count.dataset.most); n += 1, place += 1) {
    const row = last.cloneNode(true);
    for (const label of row.querySelectorAll("label")) {
      label.htmlFor = label.htmlFor.replace(/\d+$/, place);
      label.textContent = label.textContent.replace(/row \d+/, `row ${place + 1}`);
    }
    for (const control of row.querySelectorAll("select, input")) {
      control.id = control.name = control.name.replace(/\d+$/, place);
      if (control.tagName === "INPUT") control.value = "";
    }
    last.parentNode.append(row);
  }
  count.value = place;
  form.querySelector("[data-more-rows]").hidden = place >= Number(count.dataset.most);
  form.querySelector(`#line-${rows.length}`)?.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more-rows]");
  if (!button) return;
  event.preventDefault();
  addRows(button.form);
});
