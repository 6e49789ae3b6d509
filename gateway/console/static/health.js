/* While Health refreshes itself, what is open stays open, what is typed stays typed, and the focus stays where it is. */
"use strict";

(() => {
  let open = new Map();
  let focus = "";

  const parts = () => document.getElementById("now");

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== parts()) return;
    const typing = [...parts().querySelectorAll("input:not([type=hidden])")].some((field) => field.value);
    if (typing) {  // somebody writes a reason: the next refresh comes in ten seconds
      event.detail.shouldSwap = false;
      return;
    }
    open = new Map([...parts().querySelectorAll("details[id]")].map((each) => [each.id, each.open]));
    focus = parts().contains(document.activeElement) ? document.activeElement.id : "";
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== parts()) return;
    for (const [id, was] of open) {
      const there = document.getElementById(id);
      if (there) there.open = was;
    }
    const again = focus && document.getElementById(focus);
    if (again) again.focus({ preventScroll: true });
  });
})();
