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
