// Starts the server that all tests of a run share, sets it up, connects the sandbox's Cloud site and syncs
// one project, and hands all that to the workers through the environment; the returned function ends it.
//
// What goes wrong in the preparation is told by the tests that need it, not by all.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { chromium, type FullConfig } from "@playwright/test";
import { asleep, prepare, setUp, TRIP } from "./flow.ts";
import { root, type RunningServer, startServer } from "./server.ts";
import type { SharedServer } from "./test.ts";

export default async function globalSetup(config: FullConfig): Promise<() => Promise<void>> {
  rmSync(join(root, "end2end", "server-logs"), { recursive: true, force: true });
  const server = await startServer("shared");
  const shared: SharedServer = { url: server.url, setup_url: server.setup_url, sandbox: server.sandbox };
  try {
    Object.assign(shared, await prepareShared(server, config));
  } catch (error) {
    shared.failed = String(error);
  }
  process.env.TRACELINE_END2END = JSON.stringify(shared);
  return () => server.stop();
}

async function prepareShared(server: RunningServer, config: FullConfig): Promise<Partial<SharedServer>> {
  const browser = await chromium.launch(config.projects[0].use.launchOptions);
  try {
    const page = await browser.newPage({ javaScriptEnabled: false });
    asleep.add(page);
    page.setDefaultTimeout(30_000);
    await setUp(page, server.setup_url);
    const cloud = server.sandbox.find((site) => site.deployment === "cloud");
    if (cloud === undefined) {
      throw new Error("the sandbox has no Cloud site");
    }
    const prepared = await prepare(page, server.url, cloud, "Booking Platform", TRIP);
    return { prepared, state: await page.context().storageState() };
  } finally {
    await browser.close();
  }
}
