// The form that moves an item.

// In the move form, only the places below the chosen parent are offered.
export function offerPlaces(form) {
  const places = form.elements.position;
  form.allPlaces ??= [...places.options];
  const chosen = form.elements.parent.value;
  places.replaceChildren(
    ...form.allPlaces.filter((one) => !one.dataset.parent || one.dataset.parent === chosen),
  );
  const here = [...places.options].findIndex((one) => "here" in one.dataset);
  places.selectedIndex = here > 0 ? here : 0;
}

document.addEventListener("change", ({ target }) => {
  if (target.id === "f-parent" && target.form.matches("[data-move]")) offerPlaces(target.form);
});
