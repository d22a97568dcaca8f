// What a person might do to every part of the page; ordinary links and forms are held back, scripted ones go on.
() => {
  const script = /^\s*(javascript|data|vbscript):/i;
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a,area");
    if (link && !script.test(String(link.href?.baseVal ?? link.href ?? ""))) event.preventDefault();
  }, true);
  addEventListener("submit", (event) => {
    const to = event.submitter?.getAttribute("formaction") || event.target.getAttribute("action") || "";
    if (!script.test(to)) event.preventDefault();
  }, true);
  const kinds = {
    MouseEvent: ["mouseover", "click", "dblclick", "auxclick", "contextmenu"], PointerEvent: ["pointerenter"],
    WheelEvent: ["wheel"], KeyboardEvent: ["keydown"], InputEvent: ["input"], ClipboardEvent: ["copy"], Event: ["scroll"],
  };
  for (const one of document.body.querySelectorAll("main *, main ~ *, .shell ~ *")) {
    try { if (one.tabIndex >= 0) one.focus(); } catch { /* not every thing takes the focus */ }
    for (const [kind, names] of Object.entries(kinds)) for (const name of names) {
      try { one.dispatchEvent(new window[kind](name, { bubbles: kind !== "Event", cancelable: true, composed: true })); } catch { /* clobbered */ }
    }
  }
}
