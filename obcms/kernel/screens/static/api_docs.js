// Shows the document that this server describes itself with.
SwaggerUIBundle({
  url: document.currentScript.dataset.document,
  dom_id: "#api",
  deepLinking: true,
  filter: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
});
