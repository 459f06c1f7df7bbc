// The page of a PPA: dialogs, forms and messages. Every action answers with a fresh panel.

import { address, element, html, page, Refusal } from "./net.js";
import { busy, clearProblems, showProblems, wireHelpers } from "./forms.js";
import { hooks } from "./hooks.js";
import { toast } from "./toast.js";

const dialog = document.getElementById("dialog");
let returnTo = null;

function swap(markup) {
  const kept = Object.assign({}, ...hooks.leave.map((hook) => hook()));
  page().replaceWith(element(markup));
  showTab();
  for (const hook of hooks.show) hook(kept);
}

function showTab() {
  document.querySelector(".tabs .active")?.scrollIntoView({ block: "nearest", inline: "center" });
}

// Replaces the panel with the server's answer to an action, and says so.
function finish(markup) {
  swap(markup);
  const { notice, undo } = page().dataset;
  if (notice) toast(notice, undo && { label: "Undo", act: () => post(undo) });
}

export async function post(url, values = {}) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.set(name, value);
  try {
    finish(await html(url, body));
  } catch (refusal) {
    await tell(refusal);
  }
}

export async function tell(refusal) {
  toast(refusal.message, null, "bad");
  if (refusal.status === 409 || refusal.status === 404) await refresh();
}

export async function refresh() {
  try {
    swap(await html(location.pathname + location.search));
  } catch { /* What was there stays; the message already told what happened. */ }
}

export async function openDialog(path, kept) {
  returnTo ??= document.activeElement;
  try {
    dialog.innerHTML = await html(address(path));
  } catch (refusal) {
    return tell(refusal);
  }
  if (!dialog.open) dialog.showModal();
  for (const hook of hooks.dialog) hook(dialog, kept);
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("#dialog-title"))?.focus();
}

function closeDialog(of = dialog) {
  of.close();
  if (of === dialog) dialog.replaceChildren();
}

// Sends a form. Problems stay with it; a conflict shows what is there now and asks again.
async function submit(form) {
  clearProblems(form);
  const body = new FormData(form);
  try {
    const answer = await html(form.getAttribute("action"), body);
    form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
    const holder = form.closest("dialog");
    if (holder) closeDialog(holder);
    finish(answer);
    if (form.dataset.reopen) await openDialog(form.dataset.reopen);
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    if (refusal.status === 409) await conflict(form, body, refusal);
    else if (!form.querySelector(".form-problem")) await tell(refusal);
    else showProblems(form, refusal.problems);
  }
}

async function conflict(form, body, refusal) {
  for (const hook of hooks.conflict) if (await hook(form, body, refusal)) return;
  if (form.closest("dialog")) closeDialog(form.closest("dialog"));
  await tell(refusal);
}

function confirmFirst(form) {
  const { confirm, confirmText, confirmButton } = form.dataset;
  dialog.innerHTML = `<form method="dialog"><header class="dialog-head"><h2 id="dialog-title" tabindex="-1"></h2></header>
    <div class="dialog-body"><p></p></div><footer class="dialog-foot">
    <button type="button" class="btn btn-light" data-close>Back</button><button class="btn btn-danger"></button></footer></form>`;
  dialog.querySelector("h2").textContent = confirm;
  dialog.querySelector("p").textContent = confirmText;
  dialog.querySelector(".btn-danger").textContent = confirmButton;
  returnTo ??= document.activeElement;
  dialog.showModal();
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    closeDialog();
    busy(form, () => submit(form));
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-send]")) return;
  event.preventDefault();
  if (form.dataset.confirm) confirmFirst(form);
  else busy(form, () => submit(form));
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-dialog], [data-close], [data-show]");
  if (!target) return;
  if (target.href) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a page of its own, as asked
    event.preventDefault();
  }
  if (target.dataset.dialog) openDialog(target.dataset.dialog);
  else if (target.dataset.show) document.getElementById(target.dataset.show).showModal();
  else if (target.closest("dialog")) closeDialog(target.closest("dialog"));
});

document.addEventListener("change", (event) => {
  if (event.target.dataset.reload) openDialog(event.target.dataset.reload + event.target.value);
});

dialog.addEventListener("close", () => {
  if (returnTo?.isConnected) returnTo.focus();
  returnTo = null;
});

// Flask-Admin's own page frame does not say which language it is in; screen readers need it.
document.documentElement.lang ||= "en";
wireHelpers();
showTab();
