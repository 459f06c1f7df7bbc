// Messages at the foot of the page, read out by screen readers; bad news stays until dismissed.

const SECONDS = 8;
const SECONDS_TO_UNDO = 20;

export function toast(message, action, kind = "good") {
  const box = document.createElement("div");
  box.className = `toast-line toast-${kind}`;
  const text = document.createElement("span");
  text.textContent = message;
  box.append(text);
  if (action) box.append(button(action.label, "toast-action", () => { box.remove(); action.act(); }));
  const close = button("×", "toast-close", () => box.remove());
  close.setAttribute("aria-label", "Dismiss");
  box.append(close);
  clearToasts();
  const holder = document.getElementById("toasts");
  holder.append(box);
  // Shown anew each time, so that it lies above a dialog that was opened since.
  if (holder.matches(":popover-open")) holder.hidePopover();
  holder.showPopover();
  if (kind === "good") setTimeout(() => box.remove(), 1000 * (action ? SECONDS_TO_UNDO : SECONDS));
}

// Before something is said elsewhere that a message must not cover.
export function clearToasts() {
  for (const old of document.querySelectorAll(".toast-line")) old.remove();
}

function button(label, className, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: label });
  made.addEventListener("click", act);
  return made;
}
