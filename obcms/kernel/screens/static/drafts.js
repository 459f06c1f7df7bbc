// What people type is kept in this tab until it is saved, and offered again where it was not: when
// they left, opened another form, or were signed out meanwhile. Only what they changed is kept, so
// that bringing it back never undoes what others did.

const FORMS = "form[data-send], form.admin-form";
const SENT = "draft sent";
const LEFT_OUT = ["hidden", "password", "file", "submit", "button"];
const user = document.body.dataset.user ?? "";

const keyOf = (form) =>
  `draft ${user} ${form.getAttribute("action") || location.pathname + location.search}`;

const fields = (form) =>
  [...form.elements].filter((one) => one.name && !LEFT_OUT.includes(one.type));

const isSwitch = (field) => field.type === "checkbox" || field.type === "radio";

function first(field) {
  if (isSwitch(field)) return field.defaultChecked;
  if (!field.options) return field.defaultValue;
  return [...field.options].filter((one) => one.defaultSelected).map((one) => one.value).join();
}

function now(field) {
  if (isSwitch(field)) return field.checked;
  return field.options ? [...field.selectedOptions].map((one) => one.value).join() : field.value;
}

function put(field, value) {
  if (isSwitch(field)) field.checked = value;
  else if (field.options) for (const one of field.options) one.selected = value.split(",").includes(one.value);
  else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// A radio button is told from the others of its name by its value.
const nameOf = (field) => (field.type === "radio" ? `${field.name}=${field.value}` : field.name);

function changes(form) {
  return fields(form).filter((one) => now(one) !== first(one)).map((one) => [nameOf(one), now(one)]);
}

function keep(form) {
  const typed = changes(form);
  if (typed.length) sessionStorage.setItem(keyOf(form), JSON.stringify(typed));
  else forget(form);
}

const forget = (form) => sessionStorage.removeItem(keyOf(form));

export function bringBack(form) {
  const kept = new Map(JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "[]"));
  for (const field of fields(form)) {
    if (kept.has(nameOf(field)) && !field.disabled) put(field, kept.get(nameOf(field)));
  }
}

function differs(form, kept) {
  const there = new Map(fields(form).map((one) => [nameOf(one), now(one)]));
  return kept.some(([name, value]) => there.has(name) && there.get(name) !== value);
}

function offer(form) {
  if (form.dataset.drafts) return;
  form.dataset.drafts = "1";
  const kept = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "[]");
  if (!differs(form, kept)) return;
  const line = document.createElement("p");
  line.className = "callout draft";
  line.setAttribute("role", "status");
  line.append("What you typed here was not saved. ");
  line.append(button("Bring it back", () => bringBack(form), line), " ");
  line.append(button("Discard it", () => forget(form), line));
  (form.querySelector(".dialog-body") ?? form).prepend(line);
}

function button(text, act, line) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm btn-outline-primary", textContent: text });
  made.addEventListener("click", () => {
    act();
    line.remove();
  });
  return made;
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.form;
    if (!form?.matches(FORMS)) return;
    form.dataset.drafts ??= "1";
    keep(form);
  });
}
// Forms come into the page with dialogs and rows; what was typed is offered before they are used.
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches(FORMS)) offer(node);
      for (const form of node.querySelectorAll(FORMS)) offer(form);
    }
  }
}).observe(document.body, { childList: true, subtree: true });
document.addEventListener("saved", (event) => forget(event.target));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("action")?.endsWith("/sign-out")) sessionStorage.clear();
  if (form.matches("form.admin-form")) sessionStorage.setItem(SENT, keyOf(form));
});

// A page's own form was saved when the next page says so.
if (document.querySelector(".alert-success")) sessionStorage.removeItem(sessionStorage.getItem(SENT));
sessionStorage.removeItem(SENT);
for (const form of document.querySelectorAll("form.admin-form")) offer(form);
