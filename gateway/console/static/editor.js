/* The page of a screen: its list of screens, the phone that follows what is typed, and saving. */
"use strict";

(() => {
  const close = document.currentScript.dataset.close;

  /* The list of screens shows those that contain what is typed; it begins at the open one. */
  const filter = document.querySelector("[data-filter]");
  if (filter) {
    const items = () => [...document.querySelector(filter.dataset.filter).querySelectorAll("li")];
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLocaleLowerCase();
      for (const each of items()) each.hidden = !each.textContent.toLocaleLowerCase().includes(wanted);
    });
    filter.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const first = items().find((each) => !each.hidden);
      if (first) first.querySelector("a").click();
    });
    filter.closest("details").addEventListener("toggle", (event) => {
      if (!event.target.open) return;
      const list = document.getElementById("outline");
      const current = list.querySelector("[aria-current]");
      if (current) list.scrollTop = current.offsetTop - list.clientHeight / 2;
      filter.focus();
    });
  }

  /* The phone speaks the language of the field that one is in, and turns to the page with its option. */
  let language = ""; /* the one that the phone is to speak; "" once somebody has chosen another there */
  const speak = () => {
    const spoken = document.getElementById("phone-language");
    if (!spoken || spoken.value === language || ![...spoken.options].some((each) => each.value === language)) return;
    const wanted = language;
    spoken.value = wanted;
    htmx.trigger(spoken, "change");
    language = wanted;
  };
  document.addEventListener("focusin", (event) => {
    const field = event.target;
    if (!field.matches("#fields input[lang], #fields textarea[lang]")) return;
    const option = field.closest(".option");
    document.getElementById("editor-showing").value = option ? option.dataset.row : "";
    language = field.lang;
    speak();
  });
  document.addEventListener("change", (event) => { if (event.target.id === "phone-language") language = ""; });
  document.addEventListener("htmx:afterSettle", () => { if (language) speak(); }); /* an answer to an earlier request draws the earlier one */

  /* On a narrow page the phone comes up over the form, as it stands. */
  const column = document.querySelector(".phone-column");
  document.addEventListener("click", (event) => {
    if (!event.target.closest(".to-phone") || !column) return;
    event.preventDefault();
    const sheet = document.createElement("dialog");
    sheet.className = "phone-sheet";
    sheet.setAttribute("aria-label", document.getElementById("phone").getAttribute("aria-label"));
    const away = document.createElement("button");
    away.type = "button";
    away.className = "button quiet";
    away.textContent = close;
    away.addEventListener("click", () => sheet.close());
    sheet.append(away, ...column.childNodes);
    sheet.addEventListener("close", () => {
      away.remove();
      column.append(...sheet.childNodes);
      sheet.remove();
      event.target.closest(".to-phone").focus();
    });
    document.body.append(sheet);
    sheet.showModal();
  });

  /* A redraw that is due when the form is sent would be cut off by the next page: it is not sent, or stopped. */
  let sent = 0;
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "editor-form" || event.defaultPrevented) return;
    sent = Date.now();
    htmx.trigger(event.target, "htmx:abort");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (Date.now() - sent < 10000) event.preventDefault();
  });

  /* After a save one stands where one was, and the YAML is open if it was. */
  const KEY = "sunwai-place";
  const yaml = document.getElementById("yaml-side");
  document.addEventListener("submit", (event) => {
    if (event.target.id === "editor-form") sessionStorage.setItem(KEY, JSON.stringify([location.pathname, scrollY, Date.now(), yaml && yaml.open]));
  });
  window.addEventListener("load", () => {
    const [path, y, at, open] = JSON.parse(sessionStorage.getItem(KEY) || "[]");
    sessionStorage.removeItem(KEY);
    if (path !== location.pathname || Date.now() - at > 20000) return;
    if (open) yaml.open = true;
    if (!location.hash && !document.querySelector("#editor-trouble .notice, .flashes .notice:not(.good)")) scrollTo(0, y);
  });

  /* A finding leads to its field: what is folded around it opens, and one can type at once. */
  function arrive() {
    const there = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!there) return;
    for (let fold = there.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const wanted = "input:not([type=hidden]), textarea, select";
    const field = there.matches(wanted) ? there : there.querySelector(wanted);
    there.scrollIntoView({ block: "center" });
    if (field) field.focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", arrive);
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".finding a");
    if (link && link.hash && link.pathname === location.pathname && link.hash === location.hash) arrive();
  });
  window.addEventListener("load", () => setTimeout(arrive)); /* after the browser has gone to the place itself */
})();
