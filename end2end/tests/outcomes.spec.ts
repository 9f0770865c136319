// Each way in which the test of a connection can end: its own code, its own words, its own next step, in time.
import { createServer as createHttps } from "node:https";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import type { Page } from "@playwright/test";
import { expiredCertificate } from "../support/certificate.ts";
import { expectGoodPage, takePictures } from "../support/checks.ts";
import { type ConnectionValues, fillConnection, setUp, testPanel, valuesFor } from "../support/flow.ts";
import { control, siteOf, withFault } from "../support/sandbox.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

/** What the product promises, and the time that the page itself takes. */
const IN_TIME_MS = 10_000 + 5_000;

type Cookies = Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;

/** What each outcome said; no two may say the same. */
const said = new Map<string, string>();

/** A server that may call this machine, and its admin's cookies: tests are limited by person. */
function ownAdmin(name: string): { server: () => RunningServer } {
  let server: RunningServer;
  let cookies: Cookies;
  test.beforeAll(async ({ browser }) => {
    server = await startServer(name, { TRACELINE_ALLOWED_NETWORKS: "127.0.0.0/8" });
    const page = await browser.newPage();
    await setUp(page, server.setup_url);
    cookies = await page.context().cookies();
    await page.context().close();
  });
  test.afterAll(async () => {
    await server.stop();
  });
  test.beforeEach(async ({ page }) => {
    await page.context().addCookies(cookies);
  });
  return { server: () => server };
}

/** Tests the values; the panel must show the outcome, and the verdict what to do. */
async function expectOutcome(page: Page, server: RunningServer, values: ConnectionValues, outcome: string, more: { ca?: string; expires?: string; stops?: boolean } = {}): Promise<void> {
  await page.goto(`${server.url}/admin/integrations/new`);
  await expect(page.locator("html[data-live]")).toHaveCount(1);
  await fillConnection(page, values);
  if (more.ca !== undefined) {
    await page.getByLabel(/^Certificate authority/).fill(more.ca);
  }
  if (more.expires !== undefined) {
    await page.getByLabel(/^Token expiry/).fill(more.expires);
  }
  const begun = Date.now();
  await page.getByRole("button", { name: "Test connection" }).click();
  const line = testPanel(page).locator(`[data-outcome=${outcome}]`);
  await expect(line).toBeVisible({ timeout: 20_000 });
  expect(Date.now() - begun, "in time").toBeLessThan(IN_TIME_MS);
  await expect(line.locator("code")).toHaveText(outcome);
  const words = (await line.locator(".sub").innerText()).replace(outcome, "").trim();
  const sentences = words.split(/\.\s/).filter((sentence) => sentence.length > 0);
  expect(sentences.length, `what happened and what to do: ${words}`).toBeGreaterThan(1);
  said.set(`${outcome} ${values.deployment}`, words);
  if (more.stops ?? true) {
    await expect(page.locator("#test-verdict")).toContainText(sentences[0]);
    await expect(page.getByRole("button", { name: "Save" })).toBeDisabled();
  } else {
    await expect(page.getByRole("button", { name: "Save" })).toBeEnabled();
  }
  // Neither the token nor a body that the other side sent.
  await expect(testPanel(page)).not.toContainText(values.token);
  await expect(testPanel(page)).not.toContainText("canary");
}

/** Listens on loopback; gives the port, and closes behind the test. */
async function listen(server: Server, host = "127.0.0.1"): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done));
  return (server.address() as AddressInfo).port;
}

const dataCenterAt = (url: string): ConnectionValues => ({ name: "Somewhere", deployment: "data_center", url, token: "canary-token" });

test.describe("no Jira is reached", () => {
  const { server } = ownAdmin("outcomes-reach");

  const addresses: [string, string, string][] = [
    ["a name that nobody knows", "http://jira.invalid", "name_not_found"],
    ["an address in a private network", "http://10.1.2.3", "address_not_allowed"],
    ["an address of a cloud's own", "http://169.254.169.254", "address_never_allowed"],
  ];
  for (const [what, url, outcome] of addresses) {
    test(what, async ({ page }) => {
      await expectOutcome(page, server(), dataCenterAt(url), outcome);
    });
  }

  test("a port on which nobody listens", async ({ page }) => {
    const closed = createServer();
    const port = await listen(closed);
    await new Promise((done) => closed.close(done));
    await expectOutcome(page, server(), dataCenterAt(`http://127.0.0.1:${port}`), "connection_refused");
  });

  test("a machine that takes the connection and says nothing", async ({ page }) => {
    const open: import("node:net").Socket[] = [];
    const silent = createServer((socket) => open.push(socket));
    const port = await listen(silent);
    await expectOutcome(page, server(), dataCenterAt(`http://127.0.0.1:${port}`), "timed_out");
    open.forEach((socket) => socket.destroy());
    silent.close();
  });

  test("a certificate of an unknown authority", async ({ page }) => {
    const other = await startServer("outcomes-authority");
    try {
      await expectOutcome(page, server(), dataCenterAt(siteOf(other, "cloud").url), "tls_unknown_authority");
    } finally {
      await other.stop();
    }
  });

  test("a certificate for another name", async ({ page }) => {
    const site = new URL(siteOf(server(), "cloud").url);
    const relay = createServer((socket) => {
      const onward = connect(Number(site.port), site.hostname.replace("localhost", "127.0.0.1"));
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) {
        end.on("error", () => [socket, onward].forEach((one) => one.destroy()));
      }
    });
    const port = await listen(relay, "127.0.0.2");
    await expectOutcome(page, server(), dataCenterAt(`https://127.0.0.2:${port}`), "tls_wrong_host");
    relay.close();
  });

  test("a certificate that is over", async ({ page }) => {
    const { cert, key } = expiredCertificate();
    const ended = createHttps({ cert, key }, (_, answer) => answer.end("canary"));
    ended.on("tlsClientError", () => undefined);
    const port = await listen(ended);
    await expectOutcome(page, server(), dataCenterAt(`https://127.0.0.1:${port}`), "tls_expired", { ca: cert });
    ended.close();
  });

  test("a port that speaks no TLS", async ({ page }) => {
    const site = new URL(siteOf(server(), "data_center").url);
    await expectOutcome(page, server(), dataCenterAt(`https://${site.host}`), "tls_failed");
  });
});

test.describe("something answers", () => {
  const { server } = ownAdmin("outcomes-answer");
  const cloud = () => valuesFor(siteOf(server(), "cloud"));
  const dataCenter = () => valuesFor(siteOf(server(), "data_center"));

  const faults: [string, Parameters<typeof withFault>[1], string][] = [
    ["a sign-in page", { html: "<html><title>Sign in</title><form>canary</form></html>" }, "login_page"],
    ["something else than Jira", { json: '{"canary": true}' }, "not_jira"],
    ["a redirect", { redirect_to: "https://sso.example.com/login?canary" }, "redirected"],
    ["half an answer", { truncate_at: 40 }, "half_answer"],
    ["a Jira under maintenance", { status: 503 }, "maintenance"],
    ["a Jira that limits its callers", { path: "/rest/api/2/myself", retry_after: 17 }, "rate_limited"],
    ["a token of somebody who was deactivated", { path: "/rest/api/2/myself", json: '{"key": "a", "displayName": "Ada", "active": false}' }, "inactive_user"],
  ];
  for (const [what, fault, outcome] of faults) {
    test(what, async ({ page }) => {
      await withFault(siteOf(server(), "data_center"), fault, () => expectOutcome(page, server(), dataCenter(), outcome));
      if (outcome === "rate_limited") {
        await expect(testPanel(page)).toContainText("asks to wait 17 s");
      }
    });
  }

  test("a Data Center that is too old", async ({ page }) => {
    const site = siteOf(server(), "data_center");
    await control(site, "version", { version: "10.5.9" });
    try {
      await expectOutcome(page, server(), dataCenter(), "version_too_old");
      await expect(page.locator("#test-verdict")).toContainText("10.5.9");
      await expect(page.locator("#test-verdict")).toContainText("10.6.1");
    } finally {
      await control(site, "version", { version: "10.7.4" });
    }
  });

  test("the other type of Jira", async ({ page }) => {
    await expectOutcome(page, server(), { ...cloud(), deployment: "data_center" }, "wrong_type");
    await expect(page.getByRole("button", { name: "Switch to Jira Cloud" })).toBeVisible();
    await expectGoodPage(page);
    await takePictures(page, "wrong-type");
  });
});

test.describe("Jira answers", () => {
  const { server } = ownAdmin("outcomes-token");
  const cloud = () => valuesFor(siteOf(server(), "cloud"));
  const dataCenter = () => valuesFor(siteOf(server(), "data_center"));
  const limits = { stops: false };

  test("a wrong token, on both", async ({ page }) => {
    await expectOutcome(page, server(), { ...cloud(), token: "canary-wrong" }, "token_refused");
    await expectOutcome(page, server(), { ...dataCenter(), token: "canary-wrong" }, "token_refused");
  });

  test("a token whose date is over", async ({ page }) => {
    const erin = { ...dataCenter(), token: "sandbox-dc-erin-token" };
    await expectOutcome(page, server(), erin, "token_expired", { expires: "2026-01-15" });
    await expect(page.locator("#test-verdict")).toContainText("15 Jan 2026");
  });

  test("a bare token on Cloud", async ({ page }) => {
    const fault = { path: "/rest/api/3/myself", status: 403, json: '{"error": "Failed to parse Connect Session Auth Token"}' };
    await withFault(siteOf(server(), "cloud"), fault, () => expectOutcome(page, server(), cloud(), "bare_token"));
  });

  test("a scoped token is found and used", async ({ page }) => {
    await page.goto(`${server().url}/admin/integrations/new`);
    await fillConnection(page, { ...cloud(), email: "selma@lanternway.example", token: "sandbox-cloud-selma-token" });
    await page.getByRole("button", { name: "Test connection" }).click();
    await expect(testPanel(page).getByText(/^Connected[.,]/)).toBeVisible({ timeout: 20_000 });
    await testPanel(page).getByText(/checks passed/).click();
    await expect(testPanel(page).locator("[data-outcome=scoped_token_accepted]")).toContainText("Calls go through Atlassian's gateway.");
  });

  test("a CAPTCHA", async ({ page }) => {
    const site = siteOf(server(), "data_center");
    await control(site, "captcha", { token: site.token, on: true });
    try {
      await expectOutcome(page, server(), dataCenter(), "captcha");
    } finally {
      await control(site, "captcha", { token: site.token, on: false });
    }
  });

  test("no Jira Software", async ({ page }) => {
    const fault = { path: "/rest/agile/1.0/board", status: 403 };
    await withFault(siteOf(server(), "data_center"), fault, () => expectOutcome(page, server(), dataCenter(), "no_boards", limits));
  });

  test("a clock that is ten minutes off", async ({ page }) => {
    const site = siteOf(server(), "cloud");
    await control(site, "clock", { seconds: 600 });
    try {
      await expectOutcome(page, server(), cloud(), "clock_differs", limits);
    } finally {
      await control(site, "clock", { seconds: 0 });
    }
  });

  test("read-only mode", async ({ page }) => {
    const json = JSON.stringify({ enabled: true, message: "canary", endTime: "2026-12-24T18:00", timeZone: "Europe/Oslo" });
    const fault = { path: "/rest/api/2/readonly-mode", json };
    await withFault(siteOf(server(), "data_center"), fault, () => expectOutcome(page, server(), dataCenter(), "read_only", limits));
    await expect(testPanel(page)).toContainText("until 24 Dec 2026, 18:00 (Europe/Oslo)");
  });

  test("missing permissions", async ({ page }) => {
    await expectOutcome(page, server(), { ...dataCenter(), token: "sandbox-dc-quentin-token" }, "permissions_missing", limits);
    const row = testPanel(page).getByRole("row", { name: /Set up the webhook/ });
    await expect(row).toContainText("Blocked");
    await expect(row).toContainText("Grant Administer Jira in Jira.");
    await expect(testPanel(page).getByRole("row", { name: /^Create bugs Ready/ })).toBeVisible();
    await expectGoodPage(page);
    await takePictures(page, "permissions-missing");
  });

  test("no two outcomes say the same", () => {
    const texts = [...said.values()];
    expect(new Set(texts).size, texts.join("\n")).toBe(texts.length);
  });
});
