/* Line numbers beside a file, and the line that a finding is about in view. */
"use strict";

(() => {
  const text = document.getElementById("text");
  if (!text) return;
  const box = document.createElement("div");
  const numbers = document.createElement("pre");
  box.className = "numbered";
  numbers.className = "numbers";
  numbers.setAttribute("aria-hidden", "true");
  text.before(box);
  box.append(numbers, text);
  let lines = 0;
  function count() {
    const now = text.value.split("\n").length;
    if (now === lines) return;
    lines = now;
    numbers.textContent = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
  }
  const follow = () => { numbers.scrollTop = text.scrollTop; };
  text.addEventListener("input", count);
  text.addEventListener("scroll", follow);
  count();

  const line = Number(new URLSearchParams(location.search).get("line"));
  if (!(line > 0 && line <= lines)) return;
  const start = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.setSelectionRange(start, start + text.value.slice(start).split("\n")[0].length);
  text.scrollTop = (line - 5) * parseFloat(getComputedStyle(text).lineHeight);
  text.focus({ preventScroll: true });
  follow();
})();
