// The form of a document that moves money: says while typing what it comes to and who follows.

import { html } from "../ppas/net.js";

const PAUSE = 250;
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
