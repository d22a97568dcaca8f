// Small comforts. Every page works without this file: search key, list keys, drafts, no double sending, picking rows.
"use strict";
(() => {
  // the only door by which text becomes a page: htmx with an answer of the hall; text never becomes script
  const never = () => { throw new TypeError("The hall runs no script from text."); };
  const rules = { createHTML: (text) => text, createScript: never, createScriptURL: never };
  const door = window.trustedTypes ? trustedTypes.createPolicy("hall", rules) : rules;
  window.htmx?.registerExtension?.("hall", { init: (api) => api.initSecurity(door, never, never) });

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const said = document.getElementById("words")?.dataset || {};
  const words = (name, value) => (said[name] || "").replace("…", value);
  const clock = (at = new Date()) => at.toTimeString().slice(0, 5);

  const focusSearch = (event) => {
    const box = document.getElementById("bar-search");
    if (!box || !box.offsetParent) return;
    event.preventDefault();
    box.focus();
    box.select();
  };

  const step = (list, by) => {
    const rows = all("[data-row], tbody tr, :scope > li", list).filter((row) => row.offsetParent);
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[Math.max(0, Math.min(rows.length - 1, here + by))];
    if (row) (row.querySelector("a, button") || row).focus();
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return focusSearch(event);
    if (event.key === "Escape") return all("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") return focusSearch(event);
    const list = document.querySelector("[data-keys]");
    if (list && event.key.toLowerCase() === "j") step(list, 1);
    if (list && event.key.toLowerCase() === "k") step(list, -1);
  });

  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest("[data-print]")) { event.preventDefault(); window.print(); }
  });

  // on a phone the filters fold away, unless one of them is in force
  if (matchMedia("(max-width: 640px)").matches) all(".filters-more[open]").forEach((more) => { more.open = all("select", more).some((one) => one.value); });

  // a file over the limit is told at once, before minutes of sending
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return;
    const large = [...input.files].some((file) => file.size > said.limit * 1024 * 1024);
    input.setCustomValidity(large ? words("large", said.limit) : "");
    if (large) input.reportValidity();
  });

  // a form is sent once; going back in the browser frees it again
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    const wrong = form.querySelector("input[type=file]:invalid");
    if (wrong && wrong.validity.customError) { event.preventDefault(); wrong.reportValidity(); return; }
    if (form.dataset.sent) return event.preventDefault();
    if (form.hasAttribute("data-forget")) forget();
    form.dataset.sent = "1";
    const button = event.submitter;
    setTimeout(() => { if (button) { button.setAttribute("aria-disabled", "true"); button.title = words("sending"); } });
    setTimeout(() => free(form), 15000);
  });
  const free = (form) => { delete form.dataset.sent; all("[aria-disabled]", form).forEach((b) => b.removeAttribute("aria-disabled")); };
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(free));
  document.addEventListener("htmx:after:request", () => all("form[data-sent]").forEach(free));

  // drafts: what was typed stays on this device, sealed by a key only its writer is told, until the hall has taken it;
  // passwords, files, secrets and hidden fields never. Without a secure address there is no seal, and no draft.
  const WEEK = 7 * 24 * 3600 * 1000;
  const kept = (form) => all("input, textarea, select", form).filter((f) => f.name && !["password", "file", "hidden"].includes(f.type) && !f.hasAttribute("data-secret") && f.autocomplete !== "one-time-code");
  const ticked = (f) => f.type === "checkbox" || f.type === "radio";
  const value = (f) => (ticked(f) ? f.checked : f.value);
  const slots = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:"));
  const forget = () => slots().forEach((key) => localStorage.removeItem(key));
  const bytes = (text) => Uint8Array.from(atob(text), (ch) => ch.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const target = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
  const sentTo = () => decodeURIComponent((document.cookie.match(/(?:^|; )hall_draft=([^;]*)/) || [])[1] || "");
  const mark = (path) => { document.cookie = `hall_draft=${path ? encodeURIComponent(path) : ""}; path=/; samesite=lax; max-age=${path ? 86400 : 0}${location.protocol === "https:" ? "; secure" : ""}`; };

  const sealing = async (form) => {
    const raw = bytes(document.body.dataset.drafts);
    const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    const place = new TextEncoder().encode(`${location.pathname} ${form.id || form.getAttribute("action")}`);
    const slot = `draft:${text(await crypto.subtle.digest("SHA-256", new Uint8Array([...raw, ...place])))}`;
    return {
      write: async (said) => {
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(JSON.stringify(said)));
        localStorage.setItem(slot, JSON.stringify({ since: Date.now(), iv: text(iv), sealed: text(sealed) }));
      },
      read: async () => {
        const stored = JSON.parse(localStorage.getItem(slot) || "null");
        if (!stored) return null;
        const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(stored.iv) }, key, bytes(stored.sealed));
        return JSON.parse(new TextDecoder().decode(opened));
      },
      drop: () => localStorage.removeItem(slot),
    };
  };

  const draft = async (form) => {
    const store = await sealing(form);
    const fields = kept(form);
    const refused = form.querySelector(".field-wrong") || document.querySelector(".note.summary");
    const first = refused ? fields.map(() => null) : fields.map(value);
    const changed = () => fields.map((f, i) => [i, f.name, value(f)]).filter(([i, , now]) => now !== first[i]);
    const note = document.createElement("p");
    note.className = "hint draft-note";
    note.setAttribute("role", "status");
    form.append(note);
    let last = "[]";
    const restore = async () => {
      const old = await store.read().catch(() => null);
      if (!old || refused) return;
      if (old.sent && sentTo() !== target(form)) return store.drop();
      mark("");
      old.values.forEach(([i, name, was]) => {
        const f = fields[i];
        if (!f || f.name !== name) return;
        if (ticked(f)) f.checked = was; else f.value = was;
      });
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "btn btn-link btn-sm";
      drop.textContent = words("drop");
      drop.addEventListener("click", () => { store.drop(); form.reset(); note.textContent = ""; last = "[]"; });
      note.append(words("restored", old.at), " ", drop);
      last = JSON.stringify(changed());
    };
    const save = async () => {
      const now = changed();
      if (JSON.stringify(now) === last || form.dataset.sent) return;
      last = JSON.stringify(now);
      await store.write({ at: clock(), values: now });
      note.textContent = words("saved", clock());
    };
    await restore();
    setInterval(save, 3000);
    document.addEventListener("visibilitychange", save);
    form.addEventListener("submit", () => {
      if (form.dataset.sent || !changed().length) return;
      mark(target(form));
      store.write({ at: clock(), values: changed(), sent: true });
    });
  };

  // picking rows: <form data-pick> with checkboxes .pick input and a [data-pick-bar] holding [data-pick-count]
  const pick = (form) => {
    const bar = form.querySelector("[data-pick-bar]");
    const boxes = () => all("tbody .pick input", form);
    const show = () => {
      const chosen = boxes().filter((box) => box.checked);
      boxes().forEach((box) => box.closest("tr").classList.toggle("picked", box.checked));
      if (bar) { bar.hidden = !chosen.length; bar.querySelector("[data-pick-count]").textContent = words("picked", chosen.length); }
    };
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick-all]")) boxes().forEach((box) => { box.checked = event.target.checked; });
      show();
    });
    show();
  };

  const start = () => {
    if (document.body.dataset.drafts && window.crypto?.subtle) {
      try {
        slots().filter((key) => !(Date.now() - JSON.parse(localStorage.getItem(key)).since < WEEK)).forEach((key) => localStorage.removeItem(key));
      } catch { try { forget(); } catch { /* a browser without storage */ } }
      all("form[data-draft]").forEach((form) => draft(form).catch(() => { /* a browser without storage keeps no drafts */ }));
    }
    all("[data-pick]").forEach(pick);
    document.querySelector("[data-focus]")?.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
