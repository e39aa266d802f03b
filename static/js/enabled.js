// Tells the kit's styles that scripts run. It stands in a file because no page may carry a script in its text.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
