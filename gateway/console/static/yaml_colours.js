/* Colours for YAML while it is typed: painted behind the field, which stays a plain one. */
"use strict";

(() => {
  const TOKEN = /("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(^|[ \t])(#.*$)|([A-Za-z_][\w-]*)(?=:(?:\s|$))/gm;

  function painted(text) {
    const made = document.createDocumentFragment();
    let from = 0;
    const put = (words, kind, at) => {
      made.append(text.slice(from, at));
      const part = document.createElement("span");
      part.className = kind;
      part.textContent = words;
      made.append(part);
      from = at + words.length;
    };
    for (const found of text.matchAll(TOKEN)) {
      const [, quoted, , note, key] = found;
      if (quoted) put(quoted, "yaml-value", found.index);
      else if (note) put(note, "yaml-note", found.index + found[0].length - note.length);
      else put(key, "yaml-key", found.index);
    }
    made.append(text.slice(from), "\n");
    return made;
  }

  function paint(field) {
    let below = field.previousElementSibling;
    if (!below || !below.classList.contains("yaml-paint")) {
      below = document.createElement("pre");
      below.className = "yaml-paint code-box";
      below.setAttribute("aria-hidden", "true");
      below.dir = "ltr";
      field.before(below);
      field.parentElement.classList.add("painted");
    }
    below.replaceChildren(painted(field.value));
    below.scrollTo(field.scrollLeft, field.scrollTop);
  }

  const paintAll = () => document.querySelectorAll("textarea[data-yaml]").forEach(paint);
  document.addEventListener("input", (event) => { if (event.target.matches("textarea[data-yaml]")) paint(event.target); });
  document.addEventListener("scroll", (event) => {
    if (event.target.matches && event.target.matches("textarea[data-yaml]")) paint(event.target);
  }, true);
  document.addEventListener("toggle", paintAll, true);
  document.addEventListener("htmx:oobAfterSwap", paintAll);
  paintAll();
})();
