// How the browser tests run: once without JavaScript, once with it, on a server started for this run.
//
// Chromium is the machine's own; nothing is downloaded. A test that must not share the run's server starts
// its own through the `ownServer` fixture.
import { defineConfig } from "@playwright/test";

const isCi = process.env.CI === "true";

// What scripts have no part in is tested once, with them.
const onceWithScript = ["access", "crash", "csrf", "edge", "hostile", "hostile-jira", "keyboard", "layout", "live", "no-wasm", "outcomes", "wizard-look"].map(
  (name) => `**/${name}.spec.ts`,
);

export default defineConfig({
  testDir: "./tests",
  outputDir: "./test-results",
  globalSetup: "./support/global-setup.ts",
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: isCi ? 90_000 : 45_000,
  expect: { timeout: isCi ? 15_000 : 7_000 },
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "test-results/results.json" }]],
  use: {
    browserName: "chromium",
    actionTimeout: isCi ? 20_000 : 10_000,
    navigationTimeout: 20_000,
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.TRACELINE_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-dev-shm-usage",
      ],
    },
  },
  projects: [
    { name: "js-off", use: { javaScriptEnabled: false }, testIgnore: onceWithScript },
    { name: "js-on", use: { javaScriptEnabled: true } },
  ],
});
