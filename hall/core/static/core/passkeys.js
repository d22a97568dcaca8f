// Passkeys: <form data-passkey="address of the question"> with a hidden [name=passkey]. Shown where the browser can.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (ch) => ch.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const ask = async (form) => {
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.querySelector("[name=csrfmiddlewaretoken]").value });
    const answer = await fetch(form.dataset.passkey, { method: "POST", body, credentials: "same-origin" });
    if (answer.redirected) { location.assign(answer.url); return null; }
    const said = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(), { said: said.error });
    return said;
  };

  const show = (asked) => (asked.user
    ? navigator.credentials.create({ publicKey: { ...asked, challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: named(asked.excludeCredentials) } })
    : navigator.credentials.get({ publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) } }));

  const told = (shown) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (shown.response[name]) response[name] = text(shown.response[name]);
    }
    return JSON.stringify({ id: shown.id, rawId: text(shown.rawId), type: shown.type, response });
  };

  const start = (form) => {
    const say = (words) => { form.querySelector("[data-said]").textContent = words; };
    form.hidden = false;
    document.querySelectorAll("[data-no-passkey]").forEach((note) => { note.hidden = true; });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say("");
      if (form.dataset.busy || !form.reportValidity()) return;
      form.dataset.busy = "1";
      try {
        const asked = await ask(form);
        if (!asked) return;
        form.querySelector("[name=passkey]").value = told(await show(asked));
        form.submit();
      } catch (error) {
        say(error.said || (error instanceof DOMException ? form.dataset.nothing : form.dataset.broken));
      } finally {
        delete form.dataset.busy;
      }
    });
  };
  const all = () => document.querySelectorAll("form[data-passkey]").forEach(start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all); else all();
})();
