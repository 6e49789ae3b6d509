/* The keypad types into the field at once; without this file the server adds the digit. */
"use strict";

document.addEventListener("click", (event) => {
  const key = event.target.closest("#phone [data-key]");
  const field = document.getElementById("phone-typed");
  if (!key || !field) return;
  event.preventDefault();
  field.value += key.dataset.key;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
