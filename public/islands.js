// Wakes the islands of a page: loads the WebAssembly module once and hands each island its element.
// Pages work without it; a failed load leaves them as they are.
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
