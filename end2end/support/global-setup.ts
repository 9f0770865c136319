// Starts the server that all tests of a run share and hands its announcement to the workers through the
// environment; the returned function ends it.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root, startServer } from "./server.ts";

export default async function globalSetup(): Promise<() => Promise<void>> {
  rmSync(join(root, "end2end", "server-logs"), { recursive: true, force: true });
  const server = await startServer("shared");
  process.env.TRACELINE_END2END = JSON.stringify({
    url: server.url,
    setup_url: server.setup_url,
    sandbox: server.sandbox,
  });
  return () => server.stop();
}
