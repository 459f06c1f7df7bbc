// Forms: what is wrong stands beside the field that it is about.

import { clearToasts } from "./toast.js";

export function clearProblems(form) {
  for (const place of form.querySelectorAll(".field-problem, .form-problem")) {
    place.hidden = true;
    place.textContent = "";
  }
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

// Shows each problem at its pointer; those without a visible place go to the top of the form.
export function showProblems(form, problems, focus = true) {
  clearProblems(form);
  clearToasts();
  const rest = [];
  const fields = new Map([...form.querySelectorAll("[data-field]")].map((one) => [one.dataset.field, one]));
  let first = null;
  for (const problem of problems) {
    const field = fields.get(problem.pointer);
    const place = field?.closest("[hidden]") ? null : field?.querySelector(".field-problem");
    if (!place) {
      rest.push(problem.message);
      continue;
    }
    place.textContent = place.hidden ? problem.message : `${place.textContent} ${problem.message}`;
    place.hidden = false;
    place.id ||= `problem-${problem.pointer.replace(/\W/g, "-")}`;
    const input = field.querySelector("input:not([type=hidden]), select, textarea");
    input?.setAttribute("aria-invalid", "true");
    input?.setAttribute("aria-describedby", place.id);
    first ??= input;
  }
  if (rest.length) showAtTop(form, rest);
  if (focus) first?.focus();
}

export function showAtTop(form, messages) {
  clearToasts();
  const top = form.querySelector(".form-problem");
  if (!top) return;
  top.replaceChildren(...[...new Set(messages)].map((message) => {
    const line = document.createElement("p");
    line.textContent = message;
    return line;
  }));
  top.hidden = false;
  top.scrollIntoView({ block: "nearest" });
}

// While a form is under way its button cannot be pressed a second time.
export async function busy(form, work) {
  const button = form.querySelector("button:not([type=button])");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  button?.setAttribute("aria-disabled", "true");
  try {
    await work();
  } finally {
    delete form.dataset.busy;
    button?.removeAttribute("aria-disabled");
  }
}

// Small helpers of single forms, by data attributes; all are wired once, on the document.
export function wireHelpers() {
  document.addEventListener("input", (event) => {
    const target = event.target;
    if (target.dataset.mirror) document.getElementById(target.dataset.mirror).value = target.value;
    const twin = target.id && document.querySelector(`[data-mirror="${CSS.escape(target.id)}"]`);
    if (twin) twin.value = target.value;
  });
  document.addEventListener("change", (event) => {
    const { target } = event;
    if (target.dataset.frees) {
      for (const input of target.form.querySelectorAll(target.dataset.frees)) {
        input.disabled = target.checked;
      }
    }
    const follower = target.form?.querySelector(`[data-follows="${CSS.escape(target.name)}"]`);
    if (follower && [...follower.options].some((one) => one.value === target.value)) {
      follower.value = target.value;
    }
  });
}
