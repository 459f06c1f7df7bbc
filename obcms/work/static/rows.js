// The rows of the tree in the page of a PPA: what their menu does, and editing one in its place.

import { address, element, html, page } from "../ppas/net.js";
import { showAtTop } from "../ppas/forms.js";
import { bringBack } from "../drafts.js";
import { hooks } from "../ppas/hooks.js";
import { openDialog, post, refresh, tell } from "../ppas/page.js";
import { openMenu, wireMenu } from "./menu.js";
import "./move.js";
import { focusRow, lookedFor, restore, rowOf, wireTree } from "./tree.js";

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
  const cell = '<td role="gridcell" colspan="8"></td>';
  const below = `<tr class="edit-row" role="row" data-for="${id}">${cell}</tr>`;
  const holder = element(`<table><tbody>${below}</tbody></table>`).querySelector("tr");
  holder.firstElementChild.append(form);
  row.after(holder);
  row.classList.add("is-edited");
  if (messages) showAtTop(form, messages);
  const first = form.querySelector("[data-by-hand]:not(:disabled)[name=progress]") ?? form.elements.title
    ?? form.querySelector("summary"); // an execution project's title is its PPA's
  first.focus();
  first.select?.();
  holder.scrollIntoView({ block: "nearest" });
  return form;
}

function closeEdit(refocus = false) {
  const open = document.querySelector(".edit-row");
  if (!open) return;
  const row = rowOf(open.dataset.for);
  open.remove();
  row?.classList.remove("is-edited");
  if (refocus) row?.focus();
}

function act(row, item) {
  const { id } = row.dataset;
  if ("rowEdit" in item.dataset) return openEdit(id);
  if ("rowDistribute" in item.dataset) return openDialog(`distribute?parent=${id}`);
  if (item.dataset.rowDialog) return openDialog(`items/${id}/${item.dataset.rowDialog}`);
  const values = Object.fromEntries(new URLSearchParams(item.dataset.values ?? ""));
  return post(address(`items/${id}/${item.dataset.rowPost}`), values);
}

function show(find) {
  restore(find);
  const { focus, tab } = page().dataset;
  if (focus && tab === "work_items") focusRow(focus);
}

// The form in the row opens again with what is stored now, and with what its user had changed.
async function editAgain(form, _body, refusal) {
  const edited = form.closest(".edit-row")?.dataset.for;
  if (!edited) return false;
  await refresh();
  const again = await openEdit(edited, [refusal.message]);
  if (again) bringBack(again);
  return true;
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".edit-row [data-close]")) closeEdit(true);
});

document.addEventListener("dblclick", (event) => {
  const row = event.target.closest(".grid tr[data-id]");
  const mayEdit = document.querySelector("#row-menu [data-row-edit]");
  if (row && mayEdit && !event.target.closest("button")) openEdit(row.dataset.id);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.(".edit-row")) closeEdit(true);
});

hooks.leave.push(lookedFor);
hooks.show.push(show);
hooks.conflict.push(editAgain);
wireTree(openMenu);
wireMenu(act);
restore();
if (location.hash === "#enable") document.getElementById("enable-dialog")?.showModal();
