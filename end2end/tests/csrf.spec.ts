// Writes from another origin in a real browser, with the session's cookie in place: nothing may change.
//
// The other origin is `localhost`, the same machine under another name and port: another site for cookies.
// A second one, `127.0.0.1` on another port, is the same site and gets the cookie even from `Lax`.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Request } from "@playwright/test";
import { ADMIN, setUp } from "../support/flow.ts";
import { expect, test } from "../support/test.ts";

const NAME = "Made elsewhere";

/** The forms of the attacker: what is posted, and how. */
const FORMS: Record<string, (target: string) => string> = {
  "urlencoded form": (target) =>
    `<form method="post" action="${target}/api/create_project"><input name="name" value="${NAME}"><input name="description"></form>`,
  "multipart form": (target) =>
    `<form method="post" enctype="multipart/form-data" action="${target}/api/create_project"><input name="name" value="${NAME}"><input name="description"></form>`,
  "text/plain form that spells JSON": (target) =>
    `<form method="post" enctype="text/plain" action="${target}/api/create_project"><input name='{"name":"${NAME}","description":"' value='"}'></form>`,
  "text/plain form that spells a urlencoded body": (target) =>
    `<form method="post" enctype="text/plain" action="${target}/api/create_project"><input name="name" value="${NAME}&description="></form>`,
  "GET form": (target) =>
    `<form method="get" action="${target}/api/create_project"><input name="name" value="${NAME}"><input name="description"></form>`,
  "sign out": (target) => `<form method="post" action="${target}/api/sign_out"></form>`,
  "a form without a referrer": (target) =>
    `<meta name="referrer" content="no-referrer"><form method="post" action="${target}/api/create_project"><input name="name" value="${NAME}"><input name="description"></form>`,
};

const SUBMIT = "<script>document.forms[0].submit()</script>";

interface Attacker {
  /** Address by another name: another site. */
  foreign: string;
  /** Address by the same name: the same site, another origin. */
  sibling: string;
  stop(): Promise<void>;
}

async function startAttacker(target: string): Promise<Attacker> {
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://attacker.test");
    const form = FORMS[searchParams.get("form") ?? ""]?.(target) ?? "";
    response.setHeader("content-type", "text/html; charset=utf-8");
    const document = `<!DOCTYPE html><title>elsewhere</title>${form}${SUBMIT}`;
    if (pathname === "/form") {
      response.end(document);
    } else if (pathname === "/sandboxed") {
      // As in a sandboxed frame the page has an origin of its own, so `Origin: null` is sent.
      response.setHeader("content-security-policy", "sandbox allow-scripts allow-forms");
      response.end(document);
    } else {
      response.end("<!DOCTYPE html><title>elsewhere</title><p>elsewhere</p>");
    }
  });
  await new Promise<void>((ready) => server.listen(0, "0.0.0.0", ready));
  const { port } = server.address() as AddressInfo;
  return {
    foreign: `http://localhost:${port}`,
    sibling: `http://127.0.0.1:${port}`,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}

test("no form and no script of another origin changes anything", async ({ page, ownServer, quietConsole }) => {
  quietConsole.allow(/status of 4\d\d|CORS|ERR_FAILED|ERR_BLOCKED|Content Security Policy|frame|Failed to load/i);
  test.slow();
  await setUp(page, ownServer.setup_url);
  const attacker = await startAttacker(ownServer.url);
  const target = ownServer.url;
  const unchanged = async (how: string) => {
    const home = await page.request.get(`${target}/`);
    expect.soft(home.status(), `still signed in, ${how}`).toBe(200);
    const text = await home.text();
    expect.soft(text, `still signed in, ${how}`).toContain(ADMIN.name);
    expect.soft(text, how).not.toContain(NAME);
  };
  try {
    for (const [how, origin] of [["another site", attacker.foreign], ["the same site", attacker.sibling]] as const) {
      for (const form of Object.keys(FORMS)) {
        const query = `form=${encodeURIComponent(form)}`;
        for (const place of ["form", "sandboxed"]) {
          const tab = await page.context().newPage();
          const isOurs = (request: Request) => request.url().startsWith(`${target}/api/`);
          const sent = tab.waitForEvent("request", isOurs);
          const over = Promise.any([tab.waitForEvent("requestfinished", isOurs), tab.waitForEvent("requestfailed", isOurs)]);
          await tab.goto(`${origin}/${place}?${query}`, { waitUntil: "commit" });
          const [request] = await Promise.all([sent, over]);
          // A frame may not even show the refusal: then there is no answer to read.
          const status = (await request.response())?.status() ?? 403;
          expect.soft([400, 403, 405, 415], `${form}, ${place}, ${how}: ${status}`).toContain(status);
          await tab.close();
        }
        await unchanged(`${form}, ${how}`);
      }
      await page.goto(`${origin}/plain`);
      const kinds = ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "application/json"];
      for (const kind of kinds) {
        await page.evaluate(
          async ([address, type, name]) => {
            const options: RequestInit = {
              method: "POST",
              credentials: "include",
              headers: { "content-type": type },
              body: type.includes("json") ? JSON.stringify({ name, description: "" }) : `name=${encodeURIComponent(name)}&description=`,
            };
            await fetch(address, options).catch(() => undefined);
            await fetch(address, { ...options, mode: "no-cors" }).catch(() => undefined);
          },
          [`${target}/api/create_project`, kind, NAME],
        );
        await unchanged(`fetch of ${kind}, ${how}`);
      }
      const read = await page.evaluate(
        (address) => fetch(address, { credentials: "include" }).then((answer) => answer.text()).catch(() => "refused"),
        `${target}/`,
      );
      expect.soft(read, `pages cannot be read, ${how}`).toBe("refused");
    }
    // Neither Origin nor Sec-Fetch-Site, but the cookie: no browser of a person.
    const cookies = (await page.context().cookies(target)).map(({ name, value }) => `${name}=${value}`).join("; ");
    expect(cookies).not.toBe("");
    const { request } = await import("node:http");
    const status = await new Promise<number | undefined>((done, failed) => {
      const sent = request(`${target}/api/create_project`, { method: "POST", headers: { cookie: cookies, "content-type": "application/x-www-form-urlencoded" } }, (answer) => {
        answer.resume();
        done(answer.statusCode);
      });
      sent.on("error", failed);
      sent.end(`name=${encodeURIComponent(NAME)}&description=`);
    });
    expect.soft(status).toBe(403);
    await unchanged("no origin at all");

    // And the same form from our own page does work, so the attempts above were real.
    await page.goto(`${target}/projects/new`);
    await page.getByLabel("Name", { exact: true }).fill(NAME);
    await page.getByRole("button", { name: "Create project" }).click();
    await expect(page).toHaveURL(/\/members/);
  } finally {
    await attacker.stop();
  }
});
