// What the query form does better with scripts: it solves the proof of work while the person types, offers the image code
// where that takes long, counts down by the server's clock, and sends a form that was filled in when the instant comes.
// No module, no syntax past ES2018, nothing that needs a secure context: it runs in Chromium 70 inside another app.
(function () {
  const FRESH_MS = 15 * 60 * 1000;
  const PATIENCE_MS = 3000;
  const SOON_MS = 10 * 60 * 1000;
  const SPREAD_MS = 2500;
  const BUSY_MS = 10 * 1000;
  const ANSWER_MS = 10 * 1000;

  const script = document.currentScript;

  // The page says whether the address it stands at is the official one. A copy of the page elsewhere gives itself away.
  const official = document.querySelector("[data-official]");
  const verdict = document.querySelector("[data-own-address]");
  if (official && verdict) {
    const there = document.createElement("a");
    there.href = official.textContent;
    const isSame = there.hostname === location.hostname;
    verdict.textContent = isSame ? verdict.dataset.same : verdict.dataset.other;
    verdict.classList.toggle("jb-wrong-address", !isSame);
    verdict.hidden = false;
  }

  // A node that has no time answers with the same form, filled in and hidden: it goes again by itself, each at its moment.
  const retry = document.querySelector("form.jb-retry");
  if (retry) setTimeout(() => retry.submit(), Number(retry.dataset.retrySeconds) * 1000);

  const form = document.querySelector(".jb-lookup-form");
  if (!form) return;
  const proof = form.querySelector("[name=altcha]");
  const status = form.querySelector(".jb-proof");
  const source = form.querySelector(".jb-code-source");
  const place = form.querySelector(".jb-code-place");
  const plain = form.querySelector("noscript"); // the code that the page brought along: text, where scripts run
  const opening = document.querySelector(".jb-countdown[data-opens-at]");
  const opensAt = form.dataset.opensAt ? Date.parse(form.dataset.opensAt) : 0;

  let offer = null; // the last answer of the server: a challenge, an image code, and its time
  let shift = null; // how far the server's clock is ahead of this one
  let worker = null;
  let isSolving = false;
  let sending = false; // the person has pressed the button, or the instant has come
  let sent = false;
  let patience = 0; // the timer after which the code is offered; 0 while nobody waits for it
  let renewal = 0;

  function say(words) {
    const sentence = words ? status.dataset[words] : "";
    status.textContent = sentence;
    status.hidden = !sentence;
  }
  function codeField() {
    return form.querySelector("[name=image_code]");
  }
  function answersCode() {
    const field = codeField();
    return field !== null && field.value.trim() !== "";
  }
  function isOpen() {
    return !opensAt || Date.now() + (shift || 0) >= opensAt; // by the phone's own clock until the server has told the time
  }
  function isFilled() {
    const fields = Array.from(form.querySelectorAll("input[type=text]:not([name=image_code])"));
    return fields.every((field) => field.value.trim() !== "");
  }

  // ------------------------------------------------------------------ the proof of work, and the image code in its stead

  function beginToWait() {
    if (!patience) patience = setTimeout(offerCode, PATIENCE_MS); // another press or another try begins no new wait
  }
  function offerCode() {
    patience = 0;
    if (proof.value || !isOpen()) return;
    if (place && !place.hasChildNodes()) showCode();
    if (codeField()) say("code");
    else if (sending) send(); // there is no code to show: the page that answers has one
    form.removeAttribute("aria-busy"); // whichever comes first: the proof sends what waits, and so does a typed code
  }
  function showCode() {
    if (!offer) {
      place.innerHTML = plain ? plain.textContent : "";
      return;
    }
    const copy = document.importNode(source.content, true);
    copy.querySelector("img").src = offer.image;
    copy.querySelector("[name=image_token]").value = offer.image_token;
    copy.querySelector("strong").textContent = offer.question;
    place.appendChild(copy);
  }
  function withdrawCode() {
    if (!place || answersCode() || document.activeElement === codeField()) return;
    while (place.firstChild) place.removeChild(place.firstChild);
  }
  function stopSending() {
    sending = false;
    form.removeAttribute("aria-busy");
  }
  function solved(number, challenge) {
    if (challenge !== offer.challenge) return;
    isSolving = false;
    if (number < 0) return;
    proof.value = `${offer.salt}${number}.${offer.signature}`;
    clearTimeout(patience);
    patience = 0;
    clearTimeout(renewal);
    renewal = setTimeout(begin, FRESH_MS);
    withdrawCode();
    say("solved");
    if (sending) send();
  }
  function solve() {
    if (!worker) return;
    isSolving = true;
    const { salt, challenge, maxnumber } = offer;
    worker.postMessage({ salt, challenge, hardest: maxnumber });
  }
  function understood(answer) {
    try {
      const said = JSON.parse(answer);
      if (!said.challenge) return false;
      offer = said;
      return true;
    } catch (_fault) {
      return false; // the page of somebody in between: a hotel, a carrier
    }
  }
  function ask() {
    const began = Date.now();
    const request = new XMLHttpRequest();
    request.open("GET", form.dataset.challenge);
    request.timeout = ANSWER_MS;
    const askAgain = () => {
      renewal = setTimeout(begin, PATIENCE_MS * (1 + Math.random()));
    };
    request.onload = () => {
      if (request.status !== 200 || !understood(request.responseText)) {
        askAgain();
        return;
      }
      shift = Date.parse(offer.now) - (began + Date.now()) / 2;
      if (opensAt) tick();
      if (isOpen() || opensAt - Date.now() - shift < SOON_MS) solve();
      else renewal = setTimeout(begin, Math.min(opensAt - Date.now() - shift - SOON_MS, FRESH_MS));
    };
    request.onerror = askAgain;
    request.ontimeout = askAgain;
    request.send();
  }
  function begin() {
    clearTimeout(renewal);
    isSolving = false;
    proof.value = "";
    beginToWait();
    ask();
  }

  // ------------------------------------------------------------------ sending, now or at the instant

  function send() {
    if (sent) return;
    sent = true;
    form.setAttribute("aria-busy", "true");
    setTimeout(() => {
      sent = false;
      stopSending();
    }, BUSY_MS);
    form.submit();
  }
  form.addEventListener("submit", (event) => {
    if (sent) {
      event.preventDefault();
      return;
    }
    if (!isOpen()) {
      event.preventDefault();
      say("waiting");
      return;
    }
    if (answersCode() || proof.value) {
      sent = true;
      setTimeout(() => (sent = false), BUSY_MS);
      return;
    }
    event.preventDefault();
    sending = true;
    form.setAttribute("aria-busy", "true");
    say("working");
    beginToWait();
    if (offer && !isSolving) begin();
  });

  function tick() {
    const left = Math.max(0, Math.ceil((opensAt - Date.now() - shift) / 1000));
    const values = {
      days: Math.floor(left / 86400),
      hours: Math.floor((left % 86400) / 3600),
      minutes: Math.floor((left % 3600) / 60),
      seconds: left % 60,
    };
    Object.keys(values).forEach((unit) => {
      const shown = String(values[unit]).padStart(unit === "days" ? 1 : 2, "0");
      const part = opening.querySelector("[data-unit=" + unit + "]");
      if (part.textContent !== shown) part.textContent = shown;
    });
    opening.hidden = false;
  }
  if (opensAt) {
    let hasCome = false;
    document.querySelectorAll("[data-by-itself]").forEach((part) => (part.hidden = false));
    setInterval(() => {
      if (shift === null || hasCome) return;
      tick();
      if (!isOpen()) return;
      hasCome = true;
      document.querySelectorAll("[data-opening]").forEach((part) => (part.hidden = true));
      if (!isFilled()) {
        if (!isSolving && !proof.value) begin();
        return;
      }
      // Everybody's countdown ends at once: each form goes at a moment of its own.
      sending = true;
      say("working");
      setTimeout(() => {
        if (proof.value) {
          send();
          return;
        }
        beginToWait();
        if (!isSolving) begin();
      }, Math.random() * SPREAD_MS);
    }, 250);
  }
  // A page that comes back from the browser's memory holds a solution that has been used.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    sent = false;
    stopSending();
    begin();
  });
  if (form.hasAttribute("data-send-again") && isFilled()) sending = true;
  function hire() {
    worker = new Worker(script.dataset.solver);
    worker.onmessage = (event) => solved(event.data.number, event.data.challenge);
    worker.onerror = () => {
      worker = null;
      isSolving = false;
      offerCode();
    };
    worker.postMessage({ library: script.dataset.library });
  }
  try {
    hire();
  } catch (_fault) {
    worker = null; // a browser without workers, or one that is not allowed any
  }
  begin();
})();
