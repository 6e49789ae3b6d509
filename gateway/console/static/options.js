/* Options are dragged to another place, with a mouse or a finger. The keyboard has the field beside “Move”. */
"use strict";

(() => {
  let held = null; /* the option that is dragged */
  let place = -1; /* where it would go, counted from 0 */

  const options = () => [...document.querySelectorAll("#fields .option")];
  const unmark = () => options().forEach((each) => each.classList.remove("held", "drop-before", "drop-after"));

  function follow(y) {
    const all = options();
    const others = all.filter((each) => each !== held);
    const before = others.findIndex((each) => { const box = each.getBoundingClientRect(); return y < box.top + box.height / 2; });
    place = before < 0 ? others.length : before;
    unmark();
    held.classList.add("held");
    if (before < 0 && others.length) others[others.length - 1].classList.add("drop-after");
    else if (others[before]) others[before].classList.add("drop-before");
    if (y < 60) scrollBy(0, -16);
    else if (y > innerHeight - 120) scrollBy(0, 16);
  }

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".drag");
    if (!grip || event.button) return;
    held = grip.closest(".option");
    grip.setPointerCapture(event.pointerId);
    event.preventDefault();
    follow(event.clientY);
  });
  document.addEventListener("pointermove", (event) => { if (held) follow(event.clientY); });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => {
    if (!held) return;
    const row = Number(held.dataset.row);
    const to = place;
    held = null;
    unmark();
    if (name === "pointercancel" || to === row || to < 0) return;
    document.getElementById(`to-${row}`).value = String(to + 1);
    document.getElementById(`act-move-${row}`).click();
  });

  /* A button sends all that is typed: a redraw that is due meanwhile would only stop it. */
  const LONGEST = 60000; /* milliseconds that an answer may take */
  let acting = 0;
  const isAct = (pressed) => pressed.name === "act";
  document.addEventListener("htmx:confirm", (event) => {
    if (isAct(event.detail.elt)) acting = Date.now();
    else if (Date.now() - acting < LONGEST && event.detail.elt.id !== "phone-form") event.preventDefault();
  });

  /* Whoever saves while an option is being moved saves it moved: the form is sent when the answer has come. */
  let late = null;
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "editor-form" || Date.now() - acting >= LONGEST) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    late = event.submitter || event.target.querySelector("[data-save]");
    late.setAttribute("aria-busy", "true");
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isAct(event.detail.requestConfig.elt)) return;
    acting = 0;
    const button = late;
    late = null;
    if (!button) return;
    button.removeAttribute("aria-busy");
    if (event.detail.successful) setTimeout(() => button.click());
  });

  /* After an option was added, moved or removed, one goes on where one would look. */
  document.addEventListener("htmx:afterRequest", (event) => {
    const pressed = event.detail.requestConfig.elt; /* no longer on the page: it was drawn anew */
    const [, verb, row] = /^(add|insert|move|remove)-(.*)$/.exec(pressed.value || "") || [];
    if (!verb || pressed.name !== "act") return;
    const all = options();
    const sent = event.detail.requestConfig.formData;
    const moved = Number((sent && sent.get && sent.get(`to.${row}`)) || 1) - 1;
    const at = { add: all.length - 1, insert: Number(row), move: moved, remove: Math.min(row, all.length - 1) }[verb];
    if (!all[at]) return;
    const fresh = verb === "add" || verb === "insert";
    const more = all[at].querySelector(".option-more");
    if (verb === "move") more.open = true;
    const field = fresh ? all[at].querySelector(".texts input, .texts textarea") : verb === "move" ? document.getElementById(`to-${at}`) : more.querySelector("summary");
    all[at].scrollIntoView({ block: "nearest" });
    field.focus();
    if (fresh) field.select();
  });
})();
