// Links back to a list lead to it as it was left: with its filters, search, order and page.

const key = (path) => `list ${path}`;

if (document.querySelector(".model-list")) sessionStorage.setItem(key(location.pathname), location.search);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-back-to-list]");
  if (link && !link.search) link.search = sessionStorage.getItem(key(link.pathname)) ?? "";
});
