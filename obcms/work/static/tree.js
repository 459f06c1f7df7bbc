// The tree grid: expanding, filtering, and walking it by keyboard (the WAI-ARIA treegrid pattern).

import { page } from "../ppas/net.js";

const grid = () => document.querySelector(".grid");
const rows = () => [...document.querySelectorAll(".grid tbody tr[data-id]")];
const storageKey = () => `obcms-closed-${page().dataset.id}`;
const isOpen = (row) => row.getAttribute("aria-expanded") !== "false";
export const rowOf = (id) => document.getElementById(`row-${id}`);

function closedIds() {
  try {
    return new Set(JSON.parse(sessionStorage.getItem(storageKey()) ?? "[]"));
  } catch {
    return new Set();
  }
}

function keep() {
  const closed = rows().filter((row) => !isOpen(row)).map((row) => row.dataset.id);
  sessionStorage.setItem(storageKey(), JSON.stringify(closed));
}

// Brings back which rows were closed and what was looked for, after the panel was replaced.
export function restore(find = {}) {
  if (!grid()) return;
  const closed = closedIds();
  for (const row of rows()) if (closed.has(row.dataset.id)) row.setAttribute("aria-expanded", "false");
  document.getElementById("find").value = find.text ?? "";
  document.getElementById("find-status").value = find.status ?? "";
  show();
}

export function lookedFor() {
  if (!grid()) return {};
  return {
    text: document.getElementById("find").value,
    status: document.getElementById("find-status").value,
  };
}

// Rows appear when all above them are open; while something is looked for, when they or something
// below them matches.
function show() {
  const { text, status } = lookedFor();
  const words = text.trim().toLowerCase();
  const all = rows();
  const byId = new Map(all.map((row) => [row.dataset.id, row]));
  const seeking = Boolean(words || status);
  const kept = new Set();
  let matches = 0;
  for (const row of seeking ? all : []) {
    const title = row.querySelector(".name").textContent.toLowerCase();
    const hit = title.includes(words) && (!status || row.dataset.status === status);
    row.classList.toggle("is-hit", hit);
    matches += hit;
    for (let up = row; hit && up && !kept.has(up); up = byId.get(up.dataset.parent)) kept.add(up);
  }
  const shown = new Set();
  for (const row of all) {
    const above = byId.get(row.dataset.parent);
    const visible = seeking ? kept.has(row) : !above || (shown.has(above) && isOpen(above));
    if (visible) shown.add(row);
    row.hidden = !visible;
    if (!seeking) row.classList.remove("is-hit");
  }
  for (const form of document.querySelectorAll(".edit-row")) form.hidden = rowOf(form.dataset.for)?.hidden;
  document.getElementById("find-count").textContent = seeking ? `${matches} of ${all.length} items` : "";
  document.getElementById("find-nothing").hidden = !seeking || matches > 0;
  if (!all.some((row) => row.tabIndex === 0 && !row.hidden)) setCurrent(all.find((row) => !row.hidden));
}

function setCurrent(row) {
  if (!row) return;
  for (const one of document.querySelectorAll('.grid tr[tabindex="0"]')) {
    one.tabIndex = -1;
    for (const button of one.querySelectorAll("button")) button.tabIndex = -1;
  }
  row.tabIndex = 0;
  for (const button of row.querySelectorAll("button")) button.tabIndex = 0;
}

export function focusRow(id) {
  let row = rowOf(id);
  for (let up = row && rowOf(row.dataset.parent); up; up = rowOf(up.dataset.parent)) {
    up.setAttribute("aria-expanded", "true");
  }
  if (!row) return;
  keep();
  show();
  if (row.hidden) row = rows().find((one) => !one.hidden);
  setCurrent(row);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
  row?.classList.add("is-fresh");
}

function toggle(row, open = !isOpen(row)) {
  if (!row.hasAttribute("aria-expanded")) return;
  row.setAttribute("aria-expanded", String(open));
  keep();
  show();
}

function toggleAll(open) {
  for (const row of rows()) {
    // The execution project itself stays open: with it closed there would be nothing to see.
    if (row.hasAttribute("aria-expanded") && row.dataset.parent) {
      row.setAttribute("aria-expanded", String(open));
    } else if (open) row.removeAttribute("hidden");
  }
  if (open) for (const row of rows()) if (row.hasAttribute("aria-expanded")) row.setAttribute("aria-expanded", "true");
  keep();
  show();
}

function step(row, by) {
  const seen = rows().filter((one) => !one.hidden);
  const next = by === "first" ? seen[0] : by === "last" ? seen.at(-1) : seen[seen.indexOf(row) + by];
  setCurrent(next);
  next?.focus();
}

const KEYS = {
  ArrowDown: (row) => step(row, 1),
  ArrowUp: (row) => step(row, -1),
  Home: (row) => step(row, "first"),
  End: (row) => step(row, "last"),
  ArrowRight: (row) => {
    if (!row.hasAttribute("aria-expanded")) return;
    if (isOpen(row)) step(row, 1);
    else toggle(row, true);
  },
  ArrowLeft: (row) => {
    if (row.hasAttribute("aria-expanded") && isOpen(row)) toggle(row, false);
    else rowOf(row.dataset.parent) && (setCurrent(rowOf(row.dataset.parent)), rowOf(row.dataset.parent).focus());
  },
};

export function wireTree(openMenu) {
  document.addEventListener("keydown", (event) => {
    const row = event.target;
    if (!row.matches?.(".grid tr[data-id]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") openMenu(row, row.querySelector("[data-menu]"));
    else if (KEYS[event.key]) KEYS[event.key](row);
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest?.(".grid tr[data-id]");
    if (row && row.tabIndex !== 0) setCurrent(row);
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-toggle-row], [data-tree]");
    if (!target) return;
    if ("toggleRow" in target.dataset) toggle(target.closest("tr"));
    else if (target.dataset.tree === "clear") restore();
    else toggleAll(target.dataset.tree === "expand");
  });
  document.addEventListener("input", (event) => {
    if (event.target.matches("#find, #find-status")) show();
  });
}
