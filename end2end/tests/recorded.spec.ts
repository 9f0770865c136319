// The main job on answers recorded from real Jiras: odd field sets, renamed types, many projects.
//
// The recordings lie outside the repository, in the folder that TRACELINE_RECORDED_DIR names. Without it the
// tests are skipped with a printed line, except in CI, where they fail.
import {
  createConfiguration,
  createConnection,
  createProject,
  openInProject,
  proceedAndWait,
  send,
  setUp,
  signIn,
  valuesFor,
  type WizardAnswers,
  walkWizard,
} from "../support/flow.ts";
import { type RunningServer, startServer } from "../support/server.ts";
import { expect, test } from "../support/test.ts";

const folder = process.env.TRACELINE_RECORDED_DIR ?? "";

interface Case {
  site: string;
  answers: WizardAnswers;
  /** Keys that must be among the requirements, and the exact number of those. */
  keys: string[];
}

const CASES: Case[] = [
  {
    site: "Recorded Cloud",
    answers: { project: "DI", board: "TES board", types: ["Story", "EpicEN"], bugTypes: ["Bug"] },
    keys: ["DI-1", "DI-2", "DI-3", "DI-5", "DI-6", "DI-9", "DI-10"],
  },
  {
    site: "Recorded Data Center",
    answers: { project: "SBX", board: "Test Weekly", types: ["Bug"] },
    keys: ["SBX-1", "SBX-5", "SBX-6"],
  },
];

const NO_FOLDER = "TRACELINE_RECORDED_DIR is not set: no test on recorded answers";

test.describe("the main flow on recorded answers", () => {
  test.describe.configure({ mode: "serial" });
  test.slow();
  let server: RunningServer | undefined;

  test.beforeAll(async ({}, info) => {
    if (folder === "") {
      throw new Error(NO_FOLDER);
    }
    server = await startServer(`recorded-${info.project.name}`, {}, ["--recorded", folder]);
  });

  test.afterAll(async () => {
    await server?.stop();
  });

  // Without the folder there is nothing to test: in CI that is a failure, elsewhere it is said.
  const cases = folder === "" && process.env.CI !== "true" ? [] : CASES;
  if (cases.length === 0) {
    console.log(`skipped: ${NO_FOLDER}`);
  }
  for (const { site: name, answers, keys } of cases) {
    test(`${name}, project ${answers.project}`, async ({ page }) => {
      if (server === undefined) {
        throw new Error("no server");
      }
      const site = server.sandbox.find((one) => one.name === name);
      if (site === undefined) {
        throw new Error(`no site is called ${name}`);
      }
      if (name === CASES[0].site) {
        await setUp(page, server.setup_url);
      } else {
        await signIn(page, server.url);
      }
      await createConnection(page, server.url, valuesFor(site));
      const project = await createProject(page, server.url, `On ${name}`);
      await createConfiguration(page, server.url, project, site.name);
      await walkWizard(page, answers);
      await proceedAndWait(page);
      await openInProject(page, "Plans");
      await openInProject(page, "Requirements");
      await expect(page.getByRole("status").filter({ hasText: /requirement/ })).toHaveText(`${keys.length} requirements`);
      for (const key of keys) {
        await expect(page.getByRole("link", { name: key, exact: true })).toBeVisible();
      }
      await send(page, page.getByRole("link", { name: keys[0], exact: true }));
      await expect(page.getByRole("heading", { level: 1 })).toContainText(keys[0]);
      await expect(page.getByText(/^Rule: /).first()).toBeVisible();
    });
  }
});
