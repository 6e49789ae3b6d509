/* Keeps the outline where it was when it is drawn anew, and brings the open screen into view. */
"use strict";

(() => {
  let top = 0;
  const outline = () => document.getElementById("outline");
  const current = outline() && outline().querySelector("[aria-current]");
  if (current) outline().scrollTop = current.offsetTop - outline().clientHeight / 2;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.detail.target.id === "outline") top = event.detail.target.scrollTop;
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    if (outline()) outline().scrollTop = top;
  });

  /* After an option was added, moved or taken out, one goes on where one would look. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const pressed = event.detail.requestConfig.elt; /* no longer on the page: it was drawn anew */
    const [, verb, row] = /^(add|up|down|remove)-(.*)$/.exec(pressed.value || "") || [];
    if (!verb || pressed.name !== "act") return;
    const options = document.querySelectorAll("#fields .option");
    const at = { add: options.length - 1, up: row - 1, down: Number(row) + 1, remove: Math.min(row, options.length - 1) }[verb];
    if (!options[at]) return;
    const next = verb === "add" ? options[at].querySelector(".option-code input") : document.getElementById(`act-${verb}-${at}`);
    const field = next && !next.disabled ? next : options[at].querySelector(".act:not(:disabled)");
    if (field) field.focus();
    if (verb === "add" && field) field.select();
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

  /* After a save one stands where one was. */
  const KEY = "sunwai-place";
  document.addEventListener("submit", (event) => {
    if (event.target.id === "editor-form") sessionStorage.setItem(KEY, JSON.stringify([location.pathname, scrollY, Date.now()]));
  });
  window.addEventListener("load", () => {
    const [path, y, at] = JSON.parse(sessionStorage.getItem(KEY) || "[]");
    sessionStorage.removeItem(KEY);
    if (path === location.pathname && Date.now() - at < 20000 && !location.hash && !document.querySelector("#editor-trouble .notice, .flashes .notice:not(.good)")) scrollTo(0, y);
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
