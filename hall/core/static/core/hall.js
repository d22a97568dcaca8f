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

  // drafts: what was typed stays on this device until it is sent; passwords, files and secrets never
  const kept = (form) => all("input, textarea, select", form).filter((f) => f.name && !["password", "file", "hidden"].includes(f.type) && !f.hasAttribute("data-secret"));
  const read = (form) => kept(form).map((f) => [f.name, f.type === "checkbox" || f.type === "radio" ? f.checked : f.value, f.value]);
  const forget = () => Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key));
  const draft = (form) => {
    const person = document.body.dataset.person || "";
    const key = `draft:${person}:${location.pathname}:${form.id || form.getAttribute("action")}`;
    const note = document.createElement("p");
    note.className = "hint draft-note";
    note.setAttribute("role", "status");
    form.append(note);
    const empty = JSON.stringify(read(form));
    let last = empty;
    const stored = JSON.parse(localStorage.getItem(key) || "null");
    if (stored && !form.querySelector(".field-wrong")) {
      kept(form).forEach((f, i) => {
        const old = stored.values[i];
        if (!old || old[0] !== f.name) return;
        if (f.type === "checkbox" || f.type === "radio") f.checked = old[1]; else f.value = old[1];
      });
      const drop = document.createElement("button");
      drop.type = "button";
      drop.className = "btn btn-link btn-sm";
      drop.textContent = words("drop");
      drop.addEventListener("click", () => { localStorage.removeItem(key); form.reset(); note.textContent = ""; last = JSON.stringify(read(form)); });
      note.append(words("restored", stored.at), " ", drop);
      last = JSON.stringify(read(form));
    }
    const save = () => {
      const now = JSON.stringify(read(form));
      if (now === last || form.dataset.sent) return;
      last = now;
      localStorage.setItem(key, JSON.stringify({ at: clock(), values: read(form) }));
      note.textContent = words("saved", clock());
    };
    setInterval(save, 5000);
    window.addEventListener("pagehide", save);
    form.addEventListener("submit", () => localStorage.removeItem(key));
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
    all("form[data-draft]").forEach((form) => { try { draft(form); } catch { /* a browser without storage keeps no drafts */ } });
    all("[data-pick]").forEach(pick);
    document.querySelector("[data-focus]")?.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
