/* What makes the pages live. Every page works without it. */
"use strict";

(() => {
  const lost = document.currentScript.dataset.lost;
  const trouble = () => document.getElementById("trouble");

  document.documentElement.classList.add("js");

  /* On a narrow page the open tab is in view. */
  document.addEventListener("DOMContentLoaded", () => {
    const tab = document.querySelector(".tab[aria-current]");
    if (!tab) return;
    const [row, place] = [tab.parentElement.getBoundingClientRect(), tab.getBoundingClientRect()];
    if (place.left < row.left || place.right > row.right) tab.parentElement.scrollLeft += place.left + place.width / 2 - row.left - row.width / 2;
  });

  /* Ctrl+S presses the button that saves, Ctrl+Enter the one that saves and goes on, or else the main one of the form. */
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
    const save = event.key.toLowerCase() === "s";
    if (!save && event.key !== "Enter") return;
    const inside = document.activeElement && document.activeElement.closest("form[method=post]");
    const forms = [inside, document.querySelector("form[data-guard]")].filter(Boolean);
    const wanted = save ? ["[data-save]", "form[data-guard] .button:not(.quiet, .slim, .danger)"] : ["[data-next]", ".button:not(.quiet, .slim, .danger)"];
    for (const form of save ? forms.reverse() : forms) for (const each of wanted) {
      const button = [...form.querySelectorAll(`button:is(${each}), ${each}`)].find((one) => one.tagName === "BUTTON" && one.type === "submit" && !one.disabled && one.offsetParent);
      if (!button) continue;
      event.preventDefault();
      button.click();
      return;
    }
    if (save && forms.length) event.preventDefault(); /* not the browser's own window for saving a page */
  });

  /* A menu closes when one presses Escape or outside of it. */
  const folds = () => document.querySelectorAll("details.menu[open], details.switch[open]");
  document.addEventListener("click", (event) => { for (const each of folds()) if (!each.contains(event.target)) each.open = false; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const each of folds()) { each.open = false; each.querySelector("summary").focus(); }
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]');
    if (token) event.detail.headers["X-CSRFToken"] = token.content;
  });

  /* Signed in anew in another tab: the forms of this page get a token that is good again. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const token = event.detail.xhr.getResponseHeader("X-Fresh-Token");
    if (!token) return;
    for (const each of document.querySelectorAll('meta[name="csrf-token"]')) each.content = token;
    for (const each of document.querySelectorAll('input[name="csrf_token"]')) each.value = token;
  });

  function tell(words) {
    const box = trouble();
    if (!box || box.textContent === words) return;
    const notice = document.createElement("div");
    const line = document.createElement("p");
    notice.className = "notice bad";
    line.textContent = words;
    notice.append(line);
    box.replaceChildren(notice);
  }

  for (const name of ["htmx:sendError", "htmx:timeout"]) document.addEventListener(name, () => tell(lost));

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status < 400 && trouble()) trouble().replaceChildren();
  });

  /* A form marked data-guard asks before what was typed in it is left behind. */
  let leaving = false;
  const typed = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.closest("form[data-guard]");
    if (form) typed.add(form);
  });
  document.addEventListener("submit", (event) => {  // what htmx sends leaves nothing behind
    if (event.target.matches("form[data-guard]") && !event.defaultPrevented) leaving = true;
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  /* The button that was pressed turns until the answer comes. A form that downloads a file stays on its page. */
  const rest = (button) => button.removeAttribute("aria-busy");
  document.addEventListener("submit", (event) => {
    if (!event.submitter || event.defaultPrevented) return;
    event.submitter.setAttribute("aria-busy", "true");
    setTimeout(rest, 20000, event.submitter);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("button[aria-busy]").forEach(rest));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && [...typed].some((form) => form.isConnected)) event.preventDefault();
  });
})();
