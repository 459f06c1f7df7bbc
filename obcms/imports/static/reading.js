// Says how far the reading of a file is, and shows its preview once it is read.
"use strict";

const shown = document.querySelector("[data-progress]");
const EVERY = 1000; // milliseconds

async function look() {
  try {
    const answer = await fetch(shown.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return location.reload(); // signed out, or gone: the page itself says why
    const { settled, said } = await answer.json();
    if (settled) return location.reload();
    const text = `${said} …`;
    if (shown.textContent !== text) shown.textContent = text;
  } catch {
    shown.textContent = "The server does not answer. Looking again …";
  }
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
