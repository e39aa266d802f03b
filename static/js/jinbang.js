// What pages do better with scripts. Everything here is a comfort: each page works without it.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  Radios,
  SkipLink,
  createAll,
} from "../npm/govuk-frontend.js";

for (const component of [Button, Checkboxes, ErrorSummary, Radios, SkipLink]) {
  createAll(component);
}
createAll(CharacterCount, {
  i18n: {
    charactersUnderLimit: { other: "还可以输入 %{count} 个字" },
    charactersAtLimit: "已达到字数上限",
    charactersOverLimit: { other: "超出 %{count} 个字" },
  },
});

// A countdown counts on the page's own difference to the server, so that a wrong clock on the phone does not matter.
for (const countdown of document.querySelectorAll("[data-countdown-to]")) {
  const until = Date.parse(countdown.dataset.countdownTo);
  const shift = Date.parse(countdown.dataset.countdownNow) - Date.now();
  const show = () => {
    const left = Math.max(0, Math.ceil((until - Date.now() - shift) / 1000));
    const values = {
      days: Math.floor(left / 86400),
      hours: Math.floor((left % 86400) / 3600),
      minutes: Math.floor((left % 3600) / 60),
      seconds: left % 60,
    };
    for (const [unit, value] of Object.entries(values)) {
      const part = countdown.querySelector(`[data-unit=${unit}]`);
      if (part) part.textContent = String(value).padStart(unit === "days" ? 1 : 2, "0");
    }
    return left;
  };
  if (show() > 0) {
    const timer = setInterval(() => {
      if (show() > 0) return;
      clearInterval(timer);
      // Everybody's countdown ends at once: each page comes back after a moment of its own.
      setTimeout(() => location.reload(), 1000 + Math.random() * 9000);
    }, 1000);
  }
}

// A page that said what was wrong with a form is the answer to that form: coming back to it, a browser would ask to send
// the form once more. Leaving it by sending the form makes it an ordinary page, which shows what has been kept since.
document.addEventListener("submit", () => history.replaceState(history.state, "", location.href));

// Long work: fetch this page every two seconds and put the fresh bar in place; when the work has ended, show the page anew.
const watched = document.querySelector("[data-long-work]");
if (watched) {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [present, fresh] = [document, page].map((one) => one.getElementById(watched.id));
    if (!fresh || !("longWork" in fresh.dataset)) {
      clearInterval(timer);
      location.reload();
      return;
    }
    for (const part of [".jb-work__line", ".jb-work__count"]) {
      const [old, now] = [present, fresh].map((one) => one.querySelector(part));
      if (old.innerHTML === now.innerHTML) continue;
      old.textContent = "";
      old.append(...now.childNodes);
    }
    present.querySelector("progress").value = fresh.querySelector("progress").value;
  };
  const again = watched.querySelector(".jb-work__again");
  if (again) again.remove();
  const timer = setInterval(look, 2000);
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
