// The page of a PPA: dialogs, forms and messages. Every action answers with a fresh panel.

import { address, element, html, page, Refusal } from "./net.js";
import { busy, clearProblems, offerPlaces, showAtTop, showProblems, wireHelpers } from "./forms.js";
import { focusRow, lookedFor, restore, rowOf, wireTree } from "../work/tree.js";
import { openMenu, wireMenu } from "./menu.js";
import { startDistribution } from "../budget/distribute.js";
import { toast } from "./toast.js";

const dialog = document.getElementById("dialog");
let returnTo = null;

function swap(markup) {
  const find = lookedFor();
  page().replaceWith(element(markup));
  restore(find);
}

// Replaces the panel with the server's answer to an action, says so, and goes to what it touched.
function finish(markup) {
  swap(markup);
  const { notice, focus, undo } = page().dataset;
  if (notice) toast(notice, undo && { label: "Undo", act: () => post(undo) });
  if (focus && page().dataset.tab === "work_items") focusRow(focus);
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

async function tell(refusal) {
  toast(refusal.message, null, "bad");
  if (refusal.status === 409 || refusal.status === 404) await refresh();
}

async function refresh() {
  try {
    swap(await html(location.pathname + location.search));
  } catch { /* What was there stays; the message already told what happened. */ }
}

async function openDialog(path, kept) {
  returnTo ??= document.activeElement;
  try {
    dialog.innerHTML = await html(address(path));
  } catch (refusal) {
    return tell(refusal);
  }
  dialog.classList.toggle("dialog-wide", /^distribut|spending|explain|history/.test(path));
  if (!dialog.open) dialog.showModal();
  const distribution = dialog.querySelector("[data-distribute]");
  const move = dialog.querySelector("[data-move]");
  if (distribution) startDistribution(distribution, kept);
  if (move) offerPlaces(move);
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector("#dialog-title"))?.focus();
}

function closeDialog(of = dialog) {
  of.close();
  if (of === dialog) dialog.replaceChildren();
}

async function openEdit(id, messages) {
  closeEdit();
  const row = rowOf(id);
  if (!row) return;
  let form;
  try {
    form = element(await html(address(`items/${id}/edit`)));
  } catch (refusal) {
    return tell(refusal);
  }
  const holder = element(`<table><tbody><tr class="edit-row" role="row" data-for="${id}"><td role="gridcell" colspan="8"></td></tr></tbody></table>`).querySelector("tr");
  holder.firstElementChild.append(form);
  row.after(holder);
  row.classList.add("is-edited");
  if (messages) showAtTop(form, messages);
  const first = form.querySelector("[data-by-hand]:not(:disabled)[name=progress]") ?? form.elements.title
    ?? form.querySelector("summary"); // an execution project's title is its PPA's
  first.focus();
  first.select?.();
  holder.scrollIntoView({ block: "nearest" });
}

function closeEdit(refocus = false) {
  const open = document.querySelector(".edit-row");
  if (!open) return;
  const row = rowOf(open.dataset.for);
  open.remove();
  row?.classList.remove("is-edited");
  if (refocus) row?.focus();
}

// Sends a form. Problems stay with it; a conflict shows what is there now and asks again.
async function submit(form) {
  clearProblems(form);
  const body = new FormData(form);
  try {
    const answer = await html(form.getAttribute("action"), body);
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
  const edited = form.closest(".edit-row")?.dataset.for;
  const kept = form.dataset.distribute && [...body.entries()];
  if (edited) {
    await refresh();
    await openEdit(edited, [refusal.message, "The form now shows what is stored."]);
  } else if (kept) {
    await refresh();
    await openDialog(`distribute?parent=${body.get("parent")}`, kept);
    const told = element('<p class="callout callout-warn" role="alert"></p>');
    told.textContent = `${refusal.message} This preview is fresh; your numbers are kept.`;
    dialog.querySelector(".dialog-body")?.prepend(told);
  } else {
    if (form.closest("dialog")) closeDialog(form.closest("dialog"));
    await tell(refusal);
  }
}

function confirmFirst(form) {
  const { confirm, confirmText, confirmButton } = form.dataset;
  dialog.innerHTML = `<form method="dialog"><header class="dialog-head"><h2 id="dialog-title" tabindex="-1"></h2></header>
    <div class="dialog-body"><p></p></div><footer class="dialog-foot">
    <button type="button" class="btn btn-light" data-close>Back</button><button class="btn btn-danger"></button></footer></form>`;
  dialog.querySelector("h2").textContent = confirm;
  dialog.querySelector("p").textContent = confirmText;
  dialog.querySelector(".btn-danger").textContent = confirmButton;
  dialog.classList.remove("dialog-wide");
  returnTo ??= document.activeElement;
  dialog.showModal();
  dialog.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    closeDialog();
    busy(form, () => submit(form));
  });
}

function act(row, item) {
  const { id } = row.dataset;
  if ("rowEdit" in item.dataset) return openEdit(id);
  if ("rowDistribute" in item.dataset) return openDialog(`distribute?parent=${id}`);
  if (item.dataset.rowDialog) return openDialog(`items/${id}/${item.dataset.rowDialog}`);
  const values = Object.fromEntries(new URLSearchParams(item.dataset.values ?? ""));
  return post(address(`items/${id}/${item.dataset.rowPost}`), values);
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
  else closeEdit(true);
});

document.addEventListener("change", (event) => {
  if (event.target.dataset.reload) openDialog(event.target.dataset.reload + event.target.value);
});

document.addEventListener("dblclick", (event) => {
  const row = event.target.closest(".grid tr[data-id]");
  const mayEdit = document.querySelector("#row-menu [data-row-edit]");
  if (row && mayEdit && !event.target.closest("button")) openEdit(row.dataset.id);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.(".edit-row")) closeEdit(true);
});

dialog.addEventListener("close", () => {
  if (returnTo?.isConnected) returnTo.focus();
  returnTo = null;
});

// Flask-Admin's own page frame does not say which language it is in; screen readers need it.
document.documentElement.lang ||= "en";
wireHelpers();
wireTree(openMenu);
wireMenu(act);
restore();
if (location.hash === "#enable") document.getElementById("enable-dialog")?.showModal();
