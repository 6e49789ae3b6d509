/* Forms with `data-passkey` ask this device for a passkey, or to make one, before they are sent. */
"use strict";

(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  function told(credential) {
    const { id, rawId, type, response } = credential;
    const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
    const said = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
    return JSON.stringify({ id, type, rawId: text(rawId), response: Object.fromEntries(said), clientExtensionResults: {} });
  }

  async function create(form) {
    const options = JSON.parse(form.dataset.options);
    const user = { ...options.user, id: bytes(options.user.id) };
    const publicKey = { ...options, user, challenge: bytes(options.challenge), excludeCredentials: named(options.excludeCredentials) };
    return navigator.credentials.create({ publicKey });
  }

  async function get(form) {
    const token = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(form.dataset.passkeyOptions, { method: "POST", body: token });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const options = await answer.json();
    return navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) } });
  }

  function fail(form) {
    const line = document.createElement("p");
    const notice = document.createElement("div");
    notice.className = "notice bad passkey-failed";
    notice.setAttribute("role", "alert");
    line.textContent = form.dataset.failed;
    notice.append(line);
    form.querySelector(".passkey-failed")?.remove();
    form.prepend(notice);
  }

  async function ask(form, how) {
    try {
      const field = form.elements.proof_passkey || form.elements.passkey; // a form that is sent again may hold a passkey of its own
      field.value = told(await how(form));
      form.submit();
    } catch {
      fail(form);
    }
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const how = form.dataset.passkey === "create" ? create : get;
    const button = form.querySelector("button[data-passkey-button]");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => ask(form, how));
    } else {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        ask(form, how);
      });
    }
  }
})();
