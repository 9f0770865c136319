// The script of every page. Pages work without it; a failed load leaves them as they are.

// A choice that is a way (`form[data-go]`): by pointer it is gone at once. By keyboard the arrows pass over
// choices nobody wants, so Enter goes, and the button of the form comes back for who looks for it.
for (const form of document.querySelectorAll("form[data-go]")) {
  const select = form.querySelector("select");
  const button = form.querySelector("button");
  const first = select.value;
  let passing = false;
  const go = () => {
    if (select.value !== first) form.requestSubmit();
  };
  button.hidden = true;
  select.addEventListener("pointerdown", () => (passing = false));
  select.addEventListener("keydown", (event) => {
    passing = !["Enter", " ", "Tab"].includes(event.key);
    if (event.key === "Enter" && select.value !== first) {
      event.preventDefault();
      go();
    }
  });
  select.addEventListener("change", () => {
    button.hidden = select.value === first;
    if (!passing) go();
  });
}

// Many links in rows (`[data-rove]`, a row is an `li`) are one stop of the Tab key; arrows, Home and End
// move between them.
for (const box of document.querySelectorAll("[data-rove]")) {
  const rows = [...box.children].map((row) => [...row.querySelectorAll("a")]).filter((row) => row.length);
  const at = (link) => rows.findIndex((row) => row.includes(link));
  const stop = (link) => {
    for (const other of rows.flat()) other.tabIndex = other === link ? 0 : -1;
  };
  if (rows.length) stop(rows[0][0]);
  box.addEventListener("focusin", (event) => at(event.target) >= 0 && stop(event.target));
  box.addEventListener("keydown", (event) => {
    const y = at(event.target);
    if (y < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const x = rows[y].indexOf(event.target);
    const up = rows[y - 1];
    const down = rows[y + 1];
    const to = {
      ArrowLeft: rows[y][x - 1],
      ArrowRight: rows[y][x + 1],
      ArrowUp: up?.[Math.min(x, up.length - 1)],
      ArrowDown: down?.[Math.min(x, down.length - 1)],
      Home: rows[y][0],
      End: rows[y].at(-1),
    };
    if (!(event.key in to)) return;
    event.preventDefault();
    to[event.key]?.focus();
  });
}

// A form with answers to lose (`form[data-guard]`): whoever leaves it otherwise than by sending it is asked,
// and the form says whether something differs from what was drawn; `data-dirty` says that this was not saved
// either. What only searches is no answer.
for (const form of document.querySelectorAll("form[data-guard]")) {
  const drawn = (control) => {
    if (control.matches("[type=checkbox], [type=radio]")) return control.defaultChecked ? control.value : "";
    if (!control.options) return control.defaultValue;
    return ([...control.options].find((option) => option.defaultSelected) ?? control.options[0])?.value;
  };
  const given = (control) => (control.matches("[type=checkbox], [type=radio]") && !control.checked ? "" : control.value);
  const answers = (read) =>
    [...form.elements]
      .filter((control) => control.name && !control.matches("button, fieldset, output, [type=search]"))
      .map((control) => [control.name, read(control)])
      .filter(([, value]) => value)
      .join("\n");
  const first = answers(drawn);
  let sent = null;
  // A form that a script sends in place stays open with what is typed.
  const ask = (event) => sent && !sent.defaultPrevented ? undefined : event.preventDefault();
  const look = () => {
    const dirty = "dirty" in form.dataset || answers(given) !== first;
    const [saved, unsaved] = ["[data-saved]", "[data-unsaved]"].map((part) => form.querySelector(part));
    if (saved && unsaved) [saved.hidden, unsaved.hidden] = [dirty, !dirty];
    (dirty ? addEventListener : removeEventListener)("beforeunload", ask);
  };
  for (const what of ["input", "change"]) {
    form.addEventListener(what, () => {
      sent = null;
      look();
    });
  }
  addEventListener("submit", (event) => (sent = event.target === form ? event : null));
  // A browser may put back what was typed before.
  addEventListener("pageshow", () => {
    sent = null;
    look();
  });
  look();
}

// Wakes the islands: loads the WebAssembly module once and hands each island its element.
const tag = document.getElementById("islands");

async function wake(node, module, pending) {
  if (node.localName === "leptos-island") {
    const start = module[node.dataset.component];
    if (start) {
      pending.at(-1)?.();
      await start(node);
    }
  } else if (node.localName === "leptos-children") {
    pending.push(node.$$on_hydrate);
    for (const child of node.children) await wake(child, module, pending);
    pending.pop();
    return;
  }
  for (const child of node.children) await wake(child, module, pending);
}

if (tag && document.querySelector("leptos-island")) {
  const module = await import(tag.dataset.module);
  await module.default({ module_or_path: tag.dataset.wasm });
  module.hydrate();
  await wake(document.body, module, []);
  document.documentElement.dataset.live = "true";
}
