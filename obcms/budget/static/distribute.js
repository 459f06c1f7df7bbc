// The distribution dialog: a preview from the server while one types, money counted in centavos.

import { element, json } from "../ppas/net.js";
import { clearProblems, showProblems } from "../ppas/forms.js";
import { hooks } from "../ppas/hooks.js";
import { openDialog, refresh } from "../ppas/page.js";

const WAIT = 300;
const peso = new Intl.NumberFormat("en-PH", { minimumFractionDigits: 2 });

// Whole units of the last of `places` decimals, exact; null where the text is not a number.
function units(text, places) {
  const plain = text.replace(/[₱,\s]/g, "");
  const match = /^(\d+)(?:\.(\d*))?$|^\.(\d+)$/.exec(plain);
  if (!match) return null;
  const decimals = (match[2] ?? match[3] ?? "").padEnd(places, "0");
  return decimals.length > places ? null : BigInt(match[1] ?? 0) * 10n ** BigInt(places) + BigInt(decimals);
}

const absolute = (number) => (number < 0n ? -number : number);

function shown(number, places) {
  const size = 10n ** BigInt(places);
  const value = absolute(number);
  const decimals = String(value % size).padStart(places, "0");
  if (places === 2) return `₱${peso.format(value / size).replace(/\.00$/, "")}.${decimals}`;
  return `${value / size}.${decimals}`.replace(/\.?0+$/, "");
}

// What the chosen method asks of each item, if anything, and whether that must sum exactly.
const method = (form) => form.querySelector('input[name="method"]:checked').dataset;
const inputs = (form) =>
  method(form).asks ? [...form.querySelectorAll(`input[name^="${method(form).asks}/"]`)] : [];

function showInputs(form) {
  const { asks: field, heading } = method(form);
  for (const cell of form.querySelectorAll(".dist-in")) cell.hidden = !field;
  for (const box of form.querySelectorAll(".dist-field")) {
    const mine = Boolean(field) && box.dataset.field.startsWith(`${field}/`);
    box.hidden = !mine;
    box.querySelector("input").disabled = !mine;
  }
  form.querySelector("th.dist-in").textContent = heading;
}

// The running sum of what was typed, and how far it is from what it must be.
function showSum(form) {
  const line = form.querySelector(".dist-sum");
  const typed = inputs(form);
  line.hidden = !typed.length;
  if (!typed.length) return;
  const exact = "exact" in method(form);
  const places = exact ? 2 : 6;
  const values = typed.map((input) => units(input.value, places));
  const sum = values.reduce((total, one) => total + (one ?? 0n), 0n);
  const one = 10n ** BigInt(places);
  const target = exact ? units(form.dataset.target, 2) ?? 0n : sum < 10n * one ? one : 100n * one;
  const rest = target - sum;
  const off = absolute(rest);
  const fits = off === 0n || (!exact && off * 10_000n <= target);
  const words = fits ? "fits" : `${shown(off, places)} ${rest > 0n ? "still to give" : "too much"}`;
  line.textContent = `Sum ${shown(sum, places)} of ${shown(target, places)}: ${words}`;
  line.classList.toggle("is-off", !fits);
  for (const [index, input] of typed.entries()) {
    const button = input.parentElement.querySelector("[data-fill]");
    if (!button) continue;
    const filled = (values[index] ?? 0n) + rest;
    button.hidden = fits || filled < 0n;
    button.textContent = rest > 0n ? `+ ${shown(rest, 2)}` : `− ${shown(rest, 2)}`;
    button.dataset.fill = shown(filled, 2).slice(1);
    button.setAttribute("aria-label", "Put the difference here");
  }
}

function reset(form, text) {
  form.elements.version.value = "";
  form.querySelector("[data-apply]").disabled = true;
  for (const row of form.querySelectorAll("tr[data-deeper]")) row.remove();
  for (const cell of form.querySelectorAll("[data-show-proposed], [data-show-difference]")) cell.textContent = text;
  for (const flag of form.querySelectorAll(".dist-flag")) flag.hidden = true;
  form.querySelector("[data-show-total]").textContent = "";
  form.querySelector(".dist-note").textContent = "";
}

function fill(row, line) {
  row.querySelector("[data-show-now]").textContent = line.now;
  row.querySelector("[data-show-proposed]").textContent = line.proposed;
  const difference = row.querySelector("[data-show-difference]");
  difference.textContent = line.change ? line.difference : "no change";
  difference.classList.toggle("muted", !line.change);
  const flag = row.querySelector(".dist-flag");
  flag.hidden = !line.flag;
  flag.textContent = line.flag;
}

// A row for an item further down, which cascading reaches; it has nothing to type.
function deeperRow(form, line, before) {
  const row = before.cloneNode(true);
  row.dataset.deeper = "1";
  row.removeAttribute("data-item");
  row.querySelector(".dist-in")?.replaceChildren();
  const [title] = row.cells;
  const number = Object.assign(document.createElement("span"), { className: "number", textContent: line.number });
  title.replaceChildren(number, ` ${line.title}`, row.querySelector(".dist-flag"));
  title.classList.add("deeper");
  row.cells[5].textContent = line.spent;
  return row;
}

function showProposal(form, proposal) {
  reset(form, "—");
  const rows = new Map([...form.querySelectorAll("tr[data-item]")].map((row) => [row.dataset.item, row]));
  let last = null;
  for (const line of proposal.lines) {
    let row = rows.get(String(line.id));
    if (!row && last) {
      row = deeperRow(form, line, last);
      last.after(row);
    }
    if (!row) continue;
    fill(row, line);
    last = row;
  }
  form.querySelector("[data-show-total]").textContent = proposal.total;
  form.elements.version.value = proposal.version;
  const changes = proposal.lines.filter((line) => line.change || line.now === "—").length;
  form.querySelector("[data-apply]").disabled = !changes || Boolean(proposal.blocked);
  const count = proposal.lines.length;
  const warned = proposal.warnings && !proposal.blocked ? ` ${proposal.warnings} below what is spent.` : "";
  const blocked = "Some items hold more below them than they would get. Rescale what is below, or distribute further down as well.";
  const told = proposal.blocked ? blocked : changes ? `${changes} of ${count} item${count === 1 ? "" : "s"} would change.` : "Nothing would change.";
  form.querySelector(".dist-note").textContent = told + warned;
}

async function preview(form) {
  const turn = (form.turn = (form.turn ?? 0) + 1);
  const table = form.querySelector(".dist");
  table.setAttribute("aria-busy", "true");
  try {
    const proposal = await json(form.dataset.distribute, new FormData(form));
    if (turn !== form.turn) return;
    clearProblems(form);
    showProposal(form, proposal);
  } catch (refusal) {
    if (turn !== form.turn) return;
    reset(form, "—");
    showProblems(form, refusal.problems ?? [{ message: String(refusal), pointer: "" }], false);
  } finally {
    if (turn === form.turn) table.setAttribute("aria-busy", "false");
  }
}

function later(form) {
  clearTimeout(form.waiting);
  form.elements.version.value = "";
  form.querySelector("[data-apply]").disabled = true;
  form.waiting = setTimeout(() => preview(form), WAIT);
}

// What was typed before a conflict comes back; the proposal is asked for anew.
function bringBack(form, kept) {
  const values = new Map(kept);
  for (const name of ["csrf_token", "version", "parent"]) values.delete(name);
  for (const field of form.elements) {
    const value = values.get(field.name);
    if (field.type === "checkbox") field.checked = value !== undefined;
    else if (value === undefined) continue;
    else if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }
}

// Called when the dialog was filled; `kept` are entries to bring back after a conflict.
function startDistribution(form, kept) {
  if (kept) bringBack(form, kept);
  showInputs(form);
  showSum(form);
  preview(form);
  form.addEventListener("input", (event) => {
    if (event.target.name === "parent") return;
    if (event.target.name === "method") showInputs(form);
    showSum(form);
    later(form);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const input = button.parentElement.querySelector("input");
    input.value = button.dataset.fill;
    input.focus();
    showSum(form);
    later(form);
  });
}

async function previewAgain(form, body, refusal) {
  if (!form.dataset.distribute) return false;
  await refresh();
  await openDialog(`distribute?parent=${body.get("parent")}`, [...body.entries()]);
  const told = element('<p class="callout callout-warn" role="alert"></p>');
  told.textContent = `${refusal.message} This preview is fresh; your numbers are kept.`;
  document.querySelector("#dialog .dialog-body")?.prepend(told);
  return true;
}

hooks.dialog.push((dialog, kept) => {
  const form = dialog.querySelector("[data-distribute]");
  if (form) startDistribution(form, kept);
});
hooks.conflict.push(previewAgain);
