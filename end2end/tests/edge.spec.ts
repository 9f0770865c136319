// The edge of the server as a browser meets it: security headers on every answer, odd paths, error pages,
// and the bones of every page (title, headings, landmarks, skip link).
import { connect } from "node:net";
import { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
import { Severity } from "csp_evaluator/dist/finding.js";
import { CspParser } from "csp_evaluator/dist/parser.js";
import { expectAccessible } from "../support/checks.ts";
import { ADMIN, setUp } from "../support/flow.ts";
import { pagePaths } from "../support/pages.ts";
import { startServer } from "../support/server.ts";
import { expect, signedIn, test } from "../support/test.ts";

const POLICY = {
  "default-src": "'none'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "frame-ancestors": "'none'",
  "form-action": "'self'",
  "connect-src": "'self'",
};

/** The directives of a policy. */
function directives(policy: string): Map<string, string> {
  return new Map(
    policy.split(";").map((part) => {
      const [name, ...values] = part.trim().split(/\s+/);
      return [name, values.join(" ")];
    }),
  );
}

function expectSecure(where: string, headers: Record<string, string>): void {
  const policy = directives(headers["content-security-policy"] ?? "");
  for (const [name, value] of Object.entries(POLICY)) {
    expect.soft(policy.get(name), `${name}, ${where}`).toBe(value);
  }
  const script = policy.get("script-src") ?? "";
  expect.soft(script, where).toMatch(/'nonce-[\w-]{20,}'/);
  expect.soft(script, where).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https?:/);
  expect.soft(policy.get("style-src") ?? "*", where).not.toMatch(/unsafe-inline|\*|https?:/);
  expect.soft(headers["x-content-type-options"], where).toBe("nosniff");
  expect.soft(headers["x-frame-options"], where).toBe("DENY");
  expect.soft(headers["referrer-policy"], where).toBe("same-origin");
  expect.soft(headers["cross-origin-opener-policy"], where).toBe("same-origin");
  expect.soft(headers["x-request-id"], where).toMatch(/^[\w-]{8,}$/);
  expect.soft(headers["content-type"], where).toBeTruthy();
}

const nonceOf = (headers: Record<string, string>) => /'nonce-([^']+)'/.exec(headers["content-security-policy"] ?? "")?.[1];

signedIn("every page has the security headers and is kept out of caches", async ({ page, prepared }) => {
  const nonces = new Set<string | undefined>();
  const paths = await pagePaths(page, prepared);
  for (const path of paths) {
    const answer = await page.request.get(path);
    expect.soft(answer.status(), path).toBe(200);
    expectSecure(path, answer.headers());
    expect.soft(answer.headers()["cache-control"], path).toBe("no-store");
    const nonce = nonceOf(answer.headers());
    nonces.add(nonce);
    const body = await answer.text();
    // Scripts of ours carry the nonce of this very answer; nothing stands inline.
    for (const [, attributes, text] of body.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)) {
      expect.soft(attributes, path).toContain(`nonce="${nonce}"`);
      // The framework's empty lists are all that may stand inline: no data, no code of ours.
      expect.soft(text.trim(), `inline script, ${path}`).toMatch(/^(__[A-Z_]+=\[\];)*$/);
    }
    expect.soft(body, path).not.toMatch(/\son[a-z]+\s*=\s*["']|<[a-z][^>]*\sstyle\s*=|href="javascript:/i);
  }
  expect(nonces.size, "a fresh nonce for each answer").toBe(paths.length);
});

test("a judge of policies by others finds nothing of weight in ours", async ({ page }) => {
  const answer = await page.request.get("/sign-in");
  const policy = answer.headers()["content-security-policy"] ?? "";
  const judge = (text: string) =>
    new CspEvaluator(new CspParser(text).csp).evaluate().filter(({ severity }) => severity <= Severity.HIGH_MAYBE).map(({ description }) => description);
  expect(judge(policy)).toEqual([]);
  // It does find what would be wrong.
  expect(judge(`${policy.replace("script-src", "script-src 'unsafe-inline' https:")}`).length).toBeGreaterThan(0);
});

signedIn("errors, redirects, health and assets have them too", async ({ page, prepared }) => {
  const site = await page.request.get("/");
  const style = /href="(\/pkg\/traceline\.css[^"]*)"/.exec(await site.text())?.[1] ?? "";
  const script = /src="(\/islands\.js[^"]*)"/.exec(await site.text())?.[1] ?? "";
  const gets: [string, number][] = [
    ["/no-such-page", 404],
    ["/projects/no-such-project/plans", 404],
    [`/projects/${prepared.project}/requirements/${prepared.configuration}/0`, 404],
    [`/projects/${prepared.project}/integrations/${prepared.configuration}/step/9`, 404],
    ["/setup/not-a-token", 404],
    ["/invitation/not-a-token", 404],
    ["/api/no_such_function", 404],
    ["/api/sign_in", 405],
    ["/livez", 200],
    ["/readyz", 200],
    ["/error.css", 200],
    ["/favicon.svg", 200],
    [style, 200],
    [script, 200],
  ];
  for (const [path, status] of gets) {
    const answer = await page.request.get(path, { maxRedirects: 0 });
    expect.soft(answer.status(), path).toBe(status);
    expectSecure(path, answer.headers());
  }
  const stream = await fetch(new URL("/live", site.url()));
  expect.soft(stream.status, "the stream of nobody").toBe(401);
  expectSecure("/live", Object.fromEntries(stream.headers));
  const huge = await page.request.post("/api/create_project", {
    headers: { "content-type": "application/x-www-form-urlencoded", origin: new URL(site.url()).origin, accept: "text/html" },
    data: `name=${"x".repeat(1_100_000)}`,
    maxRedirects: 0,
  });
  expect.soft(huge.status()).toBe(413);
  expectSecure("too large a body", huge.headers());
  const foreign = await page.request.post("/api/create_project", {
    headers: { origin: "https://elsewhere.example", "sec-fetch-site": "cross-site" },
    form: { name: "Foreign" },
    maxRedirects: 0,
  });
  expect.soft(foreign.status()).toBe(403);
  expectSecure("a foreign write", foreign.headers());
});

signedIn("the event stream has them", async ({ page, baseURL }) => {
  await page.goto("/");
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const stop = new AbortController();
  const answer = await fetch(`${baseURL}/live`, {
    headers: { cookie: cookies },
    signal: stop.signal,
  });
  expect(answer.status).toBe(200);
  const headers = Object.fromEntries(answer.headers.entries());
  expect(headers["content-type"]).toContain("text/event-stream");
  expectSecure("event stream", headers);
  stop.abort();
});

test("cookies of a session are out of reach of scripts and of other sites", async ({ page, ownServer }) => {
  await setUp(page, ownServer.setup_url);
  const cookies = await page.context().cookies();
  expect(cookies.length).toBeGreaterThan(0);
  for (const cookie of cookies) {
    expect.soft(["Lax", "Strict"], cookie.name).toContain(cookie.sameSite);
    expect.soft(cookie.path, cookie.name).toBe("/");
    expect.soft(cookie.httpOnly || cookie.name === "traceline_theme", `${cookie.name} is HttpOnly`).toBe(true);
  }
});

test("behind https, cookies are bound to it and browsers are told to stay", async ({ page }) => {
  const server = await startServer("https", { TRACELINE_TRUSTED_PROXIES: "127.0.0.0/8" });
  const proxied = { "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7" };
  try {
    for (const path of ["/sign-in", "/no-such-page", "/favicon.svg", "/livez"]) {
      const answer = await page.request.get(`${server.url}${path}`, { headers: proxied });
      expect.soft(answer.headers()["strict-transport-security"], path).toMatch(/max-age=\d{8}/);
    }
    const token = server.setup_url.split("/").at(-1) ?? "";
    const answer = await page.request.post(`${server.url}/api/set_up`, {
      headers: { ...proxied, "sec-fetch-site": "same-origin", accept: "text/html" },
      form: {
        token,
        name: ADMIN.name,
        email: ADMIN.email,
        password: ADMIN.password,
        repeat_password: ADMIN.password,
        organisation: ADMIN.organisation,
        public_url: "https://traceline.example",
        time_zone: "UTC",
      },
      maxRedirects: 0,
    });
    expect(answer.status()).toBe(303);
    expect(answer.headers()["location"]).toBe("/?done=setup");
    const set = answer.headersArray().filter(({ name }) => name.toLowerCase() === "set-cookie");
    expect(set.some(({ value }) => value.startsWith("__Host-"))).toBe(true);
    for (const { value } of set) {
      expect.soft(value).toMatch(/;\s*Secure/i);
      expect.soft(value).not.toMatch(/;\s*Domain=/i);
    }
  } finally {
    await server.stop();
  }
});

/** Asks for exactly this path, as no browser would, and gives status and body. */
function raw(base: string, path: string, cookie = ""): Promise<{ status: number; location: string; body: string }> {
  const { hostname, port } = new URL(base);
  return new Promise((done, failed) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => (text += chunk));
    socket.on("end", () => {
      const [head, ...rest] = text.split("\r\n\r\n");
      const location = /^location: (.*)$/im.exec(head)?.[1].trim() ?? "";
      done({ status: Number(head.split(" ")[1]), location, body: rest.join("\r\n\r\n") });
    });
    socket.on("error", failed);
    const line = cookie === "" ? "" : `Cookie: ${cookie}\r\n`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: text/html\r\n${line}Connection: close\r\n\r\n`);
  });
}

signedIn("odd spellings of a guarded path open nothing", async ({ page, prepared, baseURL }) => {
  signedIn.slow();
  const base = baseURL ?? "";
  const pages = (await pagePaths(page, prepared)).filter((path) => path !== "/" && !path.includes("?"));
  const guarded = [...pages, "/live"];
  for (const path of guarded) {
    const first = path.slice(1).split("/")[0];
    const rest = path.slice(1 + first.length);
    const tricks = [
      `/${path}`,
      `/./${path.slice(1)}`,
      `/x/..${path}`,
      `/%2e${path}`,
      `/%2e%2e${path}`,
      `/${first.toUpperCase()}${rest}`,
      `${path}/`,
      `${path}//`,
      `${path}%2f`,
      `${path}%00`,
      `${path};x=1`,
      `/${encodeURIComponent(path.slice(1))}`,
      `/sign-in/..${path}`,
      `/pkg/..${path}`,
      `/pkg/%2e%2e${path}`,
    ];
    for (const trick of tricks) {
      const { status, location, body } = await raw(base, trick);
      expect.soft([301, 302, 303, 307, 308, 400, 401, 404], `${trick}: ${status}`).toContain(status);
      if (location !== "") {
        expect.soft(location, trick).toMatch(/^\/(?![/\\])/);
      }
      expect.soft(body, trick).not.toContain("Booking Platform");
      expect.soft(body, trick).not.toContain("lanternway");
    }
  }
});

signedIn("a person's own odd spellings lead to the page or to none", async ({ page, prepared, baseURL }) => {
  await page.goto("/");
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const foreign = `/projects/${prepared.project}/plans`;
  for (const path of [`/${foreign}`, `${foreign}/`, foreign.toUpperCase(), `/./${foreign.slice(1)}`, `${foreign}%2f`]) {
    const { status } = await raw(baseURL ?? "", path, cookies);
    expect.soft([200, 301, 303, 307, 308, 400, 404], `${path}: ${status}`).toContain(status);
  }
});

test("assets cannot lead out of their folder", async ({ baseURL }) => {
  for (const path of [
    "/pkg/../../Cargo.toml",
    "/pkg/..%2f..%2fCargo.toml",
    "/pkg/%2e%2e/%2e%2e/Cargo.toml",
    "/pkg/....//Cargo.toml",
    "/..%5c..%5cCargo.toml",
    "/pkg//etc/passwd",
    "//etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/pkg/traceline.css/../../../secret.key",
    "/traceline.db",
    "/secret.key",
    "/data/traceline.db",
    "/.git/config",
    "/pkg/",
    "/pkg",
  ]) {
    const { status, body } = await raw(baseURL ?? "", path);
    expect.soft([400, 404], `${path}: ${status}`).toContain(status);
    expect.soft(body, path).not.toMatch(/root:|\[package\]|SQLite format/);
  }
});

test("error pages are styled, name no inner part and lead on", async ({ page, quietConsole }) => {
  quietConsole.allow(/status of 40\d/);
  const answer = await page.goto("/no-such-page/<b>x</b>?y=<script>");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page).toHaveTitle(/ [-·] Traceline$/);
  await expect(page.getByRole("link", { name: /projects/ })).toHaveAttribute("href", "/");
  const body = await page.content();
  expect(body).not.toMatch(/panicked|src\/|\.rs:|backtrace|at line|<b>x<\/b>|sqlite/i);
  expect(await page.evaluate(() => getComputedStyle(document.body).fontFamily), "the style arrived").not.toMatch(/^"?Times/);
  await expectAccessible(page);
});

signedIn("what is not there or not mine is a 404 with a way back", async ({ page, prepared, quietConsole }) => {
  quietConsole.allow(/status of 404/);
  const titles = new Set<string>();
  for (const path of [
    "/projects/no-such-project/plans",
    `/projects/${prepared.project}/requirements/${prepared.configuration}/99999999`,
    `/projects/${prepared.project}/releases/${prepared.configuration}/99999999`,
    `/projects/${prepared.project}/sprints/${prepared.configuration}/not-a-number`,
    `/projects/${prepared.project}/integrations/no-such-configuration/step/1`,
    "/admin/integrations/no-such-connection",
    "/admin/users/no-such-person",
  ]) {
    const answer = await page.goto(path);
    expect.soft(answer?.status(), path).toBe(404);
    await expect.soft(page.getByRole("heading", { level: 1 }), path).toHaveText("This page does not exist");
    await expect.soft(page.getByRole("main").getByRole("link", { name: "Go to my projects" }), path).toBeVisible();
    expect.soft(await page.content(), path).not.toMatch(/panicked|\.rs:|sqlite|SELECT /i);
    titles.add(await page.title());
  }
});

signedIn("every page has a title of its own, ordered headings, landmarks and a skip link", async ({ page, prepared }) => {
  const titles = new Map<string, string>();
  for (const path of await pagePaths(page, prepared)) {
    await page.goto(path);
    const title = await page.title();
    const heading = (await page.getByRole("heading", { level: 1 }).allInnerTexts()).map((text) => text.trim());
    expect.soft(heading.length, `one h1, ${path}`).toBe(1);
    expect.soft(title, path).toMatch(/.+ [-·] Traceline$/);
    // What an address adds after its path is another view of the same page, unless it asks a question.
    const known = titles.get(title);
    if (!/[?](?!confirm=)/.test(path)) {
      expect.soft(known, `the title "${title}" of ${path} is used twice`).toBeUndefined();
    }
    titles.set(title, path);
    const levels = await page.evaluate(() =>
      [...document.querySelectorAll("h1,h2,h3,h4,h5,h6")]
        // Which headings a text of Jira has is its author's choice; they begin below those of the page.
        .filter((one) => (one as HTMLElement).checkVisibility() && one.closest("main") !== null && one.closest(".prose") === null)
        .map((one) => Number(one.tagName[1])),
    );
    expect.soft(levels[0], `main begins with h1, ${path}`).toBe(1);
    for (const [at, level] of levels.entries()) {
      expect.soft(at === 0 || level <= levels[at - 1] + 1, `h${levels[at - 1]} then h${level}, ${path}`).toBe(true);
    }
    await expect.soft(page.getByRole("banner"), path).toHaveCount(1);
    await expect.soft(page.getByRole("main"), path).toHaveCount(1);
    expect.soft(await page.getByRole("navigation").count(), path).toBeGreaterThan(0);
    await page.keyboard.press("Tab");
    const skip = page.getByRole("link", { name: "Skip to content" });
    await expect.soft(skip, path).toBeFocused();
    await expect.soft(skip, path).toBeInViewport();
  }
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
});
