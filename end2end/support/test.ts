// The `test` that every spec uses: the addresses of the run's server, a server of one's own on demand, and
// a console that must stay empty. `signedIn` is the same for the Account Admin of the run's server, where a
// project is linked and synced already.
import { type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import type { Prepared } from "./flow.ts";
import { type Announcement, type RunningServer, startServer } from "./server.ts";

/** What the workers know of the run's server. */
export interface SharedServer extends Announcement {
  /** What was prepared on it. */
  prepared?: Prepared;
  /** Cookies of its Account Admin. */
  state?: Exclude<BrowserContextOptions["storageState"], string | undefined>;
  /** Why it could not be prepared. */
  failed?: string;
}

/** The run's server. */
export function sharedServer(): SharedServer {
  return JSON.parse(process.env.TRACELINE_END2END ?? "{}") as SharedServer;
}

/** Messages of the browser's console that a test expects; every other error or warning fails it. */
export class QuietConsole {
  #expected: RegExp[] = [];
  #seen: string[] = [];

  /** Declares a message that belongs to the test, such as the browser's note about a 404 page. */
  allow(message: RegExp): void {
    this.#expected.push(message);
  }

  /** Listens to a page; the `page` fixture is listened to already. */
  watch(page: Page): void {
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        this.#seen.push(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on("pageerror", (error) => this.#seen.push(`uncaught: ${error.message}`));
  }

  /** What was said and not expected. */
  get unexpected(): string[] {
    return this.#seen.filter((text) => !this.#expected.some((expected) => expected.test(text)));
  }
}

interface Fixtures {
  /** What the run's shared server announced. */
  traceline: Announcement;
  /** A server of the test's own with fresh data, started on first use, stopped afterwards. */
  ownServer: RunningServer;
  /** Fails the test if the page said something in the console. */
  quietConsole: QuietConsole;
}

export const test = base.extend<Fixtures>({
  traceline: async ({}, use) => {
    await use(sharedServer());
  },
  baseURL: async ({ traceline }, use) => {
    await use(traceline.url);
  },
  ownServer: async ({ page }, use, info) => {
    const server = await startServer(`${info.project.name}-${info.testId}`);
    await use(server);
    // A page that follows the server would say in the console that it is gone.
    for (const open of page.context().pages()) {
      await open.goto("about:blank");
    }
    await server.stop();
  },
  quietConsole: [
    async ({ page }, use) => {
      const quiet = new QuietConsole();
      quiet.watch(page);
      await use(quiet);
      expect(quiet.unexpected, "the console stays empty").toEqual([]);
    },
    { auto: true },
  ],
});

/** For tests of pages: the Account Admin is signed in on the run's server, `prepared` names what is there. */
export const signedIn = test.extend<{ prepared: Prepared }>({
  storageState: async ({}, use) => {
    await use(sharedServer().state);
  },
  prepared: async ({}, use) => {
    const { prepared, failed } = sharedServer();
    if (prepared === undefined) {
      throw new Error(`the run's server could not be prepared: ${failed}`);
    }
    await use(prepared);
  },
});

export { expect };
