// The query form does more with scripts: it keeps the proof of work fresh, waits for it when the person is quicker, and
// shows the image code where it fails or takes long. The image code itself stands in <noscript>, written by the server.
const FRESH_MS = 15 * 60 * 1000;
const PATIENCE_MS = 8000;

const widget = document.querySelector("altcha-widget");
const form = widget ? widget.closest("form") : null;

if (form) {
  const source = form.querySelector(".jb-code-source");
  const place = form.querySelector(".jb-code-place");
  let solved = false;
  let waiting = false;
  let renewal = 0;

  const showCode = () => {
    if (source && place && !place.hasChildNodes()) place.innerHTML = source.textContent;
  };
  const typedCode = () => {
    const field = form.querySelector("[name=image_code]");
    return field !== null && field.value.trim() !== "";
  };
  const giveUp = () => {
    if (solved) return;
    showCode();
    if (!waiting) return;
    waiting = false;
    form.removeAttribute("aria-busy");
    const field = form.querySelector("[name=image_code]");
    if (field) field.focus();
  };

  widget.addEventListener("statechange", (event) => {
    solved = event.detail.state === "verified";
    if (event.detail.state === "error") giveUp();
    if (!solved) return;
    clearTimeout(renewal);
    renewal = setTimeout(() => widget.verify(), FRESH_MS);
    if (waiting) {
      waiting = false;
      // The widget writes its hidden field after telling us.
      setTimeout(() => form.submit(), 0);
    }
  });
  form.addEventListener("submit", (event) => {
    if (solved || typedCode() || form.querySelector("[name=image_code]")) return;
    event.preventDefault();
    waiting = true;
    form.setAttribute("aria-busy", "true");
    setTimeout(giveUp, PATIENCE_MS);
  });
  setTimeout(giveUp, PATIENCE_MS);
  if (!window.isSecureContext) giveUp();
}

// A node that has no time answers with the same form, filled in and hidden: it goes again by itself, each at its moment.
const retry = document.querySelector("form.jb-retry");
if (retry) setTimeout(() => retry.submit(), Number(retry.dataset.retrySeconds) * 1000);
