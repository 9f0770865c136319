// The ways through the product as functions: set up, connect, link a project, sync, open plans.
//
// They press what a person presses, found by role and name, and work the same with and without JavaScript.
// Whatever they wait for is a page that arrived or a text that appeared, never a span of time.
import type { Locator, Page } from "@playwright/test";
import type { SandboxSite } from "./server.ts";
import { expect, test } from "./test.ts";

/** The first Account Admin of every server that the tests set up. */
export const ADMIN = {
  name: "Ada Castellan",
  email: "ada@lanternway.example",
  password: "three quiet otters 41",
  organisation: "Lanternway",
};

/** A page passed on the way; what is done with it is up to the test. */
export type Visit = (page: Page, name: string) => Promise<void>;

const nothing: Visit = async () => {};

/** Pages without live islands in a run with script: the browser part did not come, or scripts are off. */
export const asleep = new WeakSet<Page>();

/** Whether the page has live islands. */
export function withScript(page: Page): boolean {
  return !asleep.has(page) && test.info().project.use.javaScriptEnabled !== false;
}

/** Presses something that leads to a page, and waits for that page. */
export async function send(page: Page, control: Locator): Promise<void> {
  await Promise.all([page.waitForEvent("domcontentloaded"), control.click()]);
}

/** The path of the page, without query. */
export function pathOf(page: Page): string {
  return new URL(page.url()).pathname;
}

/** First start: makes the first account, which is signed in then. */
export async function setUp(page: Page, setupUrl: string, name: string = ADMIN.name, visit: Visit = nothing): Promise<void> {
  await page.goto(setupUrl);
  await expect(page.getByRole("heading", { level: 1, name: "Set up Traceline" })).toBeVisible();
  await visit(page, "setup");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByLabel("Password again").fill(ADMIN.password);
  await page.getByLabel("Organization name").fill(ADMIN.organisation);
  await page.getByLabel("Time zone").selectOption("Europe/Berlin");
  await send(page, page.getByRole("button", { name: "Create account and sign in" }));
  await expect(page.getByText("Traceline is set up.")).toBeVisible();
}

/** Signs in at `base` (no slash at the end). */
export async function signIn(page: Page, base: string, visit: Visit = nothing): Promise<void> {
  await page.goto(`${base}/sign-in`);
  await visit(page, "sign-in");
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await send(page, page.getByRole("button", { name: "Sign in" }));
  await expect(page.getByRole("heading", { level: 1, name: "My projects" })).toBeVisible();
}

/** Signs out by the menu at the top. */
export async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: /, your account$/ }).click();
  await send(page, page.getByRole("button", { name: "Sign out" }));
}

/** What is typed into the form of a connection. */
export interface ConnectionValues {
  name: string;
  deployment: "cloud" | "data_center";
  url: string;
  email?: string;
  token: string;
}

/** The values for a site of the sandbox. */
export function valuesFor(site: SandboxSite, name: string = site.name): ConnectionValues {
  return { name, deployment: site.deployment, url: site.url, email: site.email, token: site.token };
}

/** The field of the token, whatever Jira calls it. */
export function tokenField(page: Page): Locator {
  return page.getByRole("textbox", { name: /^(API token|Personal access token)/ });
}

/** Opens the form of a new connection by its links. */
export async function openConnectionForm(page: Page, base: string, visit: Visit = nothing): Promise<void> {
  await page.goto(`${base}/admin/integrations`);
  await visit(page, "connections");
  await send(page, page.getByRole("link", { name: "Create integration" }).first());
  await visit(page, "connection-choose");
  await send(page, page.getByRole("link", { name: "Create Jira integration" }));
  await expect(page.getByRole("heading", { level: 1, name: "Create Jira integration" })).toBeVisible();
}

/** Types the values into the open form. */
export async function fillConnection(page: Page, values: ConnectionValues): Promise<void> {
  const type = values.deployment === "cloud" ? /^Jira Cloud/ : /^Jira Data Center/;
  await page.getByRole("radio", { name: type }).check();
  await page.getByLabel("Integration name").fill(values.name);
  await page.getByLabel("Organization URL").fill(values.url);
  if (values.deployment === "cloud") {
    await page.getByRole("textbox", { name: "Account email" }).fill(values.email ?? "");
  }
  await tokenField(page).fill(values.token);
}

/** The panel with the result of a test. */
export function testPanel(page: Page): Locator {
  return page.getByRole("region", { name: "Connection test" });
}

/** Presses Test connection and waits until the panel or the summary says `outcome`. */
export async function testConnection(page: Page, outcome: RegExp): Promise<void> {
  // Without script the click ends with the page that follows, which a slow Jira holds up.
  await page.getByRole("button", { name: "Test connection" }).click({ timeout: 25_000 });
  await expect(page.getByText(outcome).first()).toBeVisible({ timeout: 20_000 });
}

/** Connects a site; ends on the list of connections. */
export async function createConnection(
  page: Page,
  base: string,
  values: ConnectionValues,
  visit: Visit = nothing,
): Promise<void> {
  await openConnectionForm(page, base, visit);
  await visit(page, "connection-form");
  await fillConnection(page, values);
  await testConnection(page, /^Connected[.,]/);
  await visit(page, "connection-tested");
  await send(page, page.getByRole("button", { name: "Save" }));
  await expect(page.getByText("Connection created.")).toBeVisible();
  await expect(page.getByRole("row", { name: values.name })).toContainText("Active");
  await visit(page, "connections-one");
}

/** Makes a project; gives its id. */
export async function createProject(page: Page, base: string, name: string, visit: Visit = nothing): Promise<string> {
  await page.goto(`${base}/`);
  await visit(page, "home");
  await send(page, page.getByRole("main").getByRole("link", { name: "Create project" }));
  await visit(page, "project-new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await send(page, page.getByRole("button", { name: "Create project" }));
  await expect(page).toHaveURL(/\/projects\/[^/]+\/members/);
  return pathOf(page).split("/")[2];
}

/** Starts a configuration of the project on a connection; ends on step 1 and gives its id. */
export async function createConfiguration(
  page: Page,
  base: string,
  project: string,
  connection: string,
  visit: Visit = nothing,
): Promise<string> {
  await page.goto(`${base}/projects/${project}/integrations`);
  await visit(page, "integrations");
  await send(page, page.getByRole("button", { name: `New configuration on ${connection}` }));
  await expect(page).toHaveURL(/\/integrations\/[^/]+\/step\/1/);
  return pathOf(page).split("/")[4];
}

/** What is answered in the six steps; what is left out stays as the wizard offers it. */
export interface WizardAnswers {
  /** Key of the Jira project. */
  project: string;
  /** Name of the board; none when left out. */
  board?: string;
  /** Work item types that are requirements. */
  types: string[];
  /** Work item types that are bugs; bugs are not pulled when left out. */
  bugTypes?: string[];
  /** Label of the severity field, as it begins. */
  severity?: string;
  /** Labels of the fields of the release date, in order. */
  dates?: string[];
  /** Labels of further fields. */
  further?: string[];
}

/** The answers that suit the projects of the sandbox. */
export const TRIP: WizardAnswers = {
  project: "TRIP",
  board: "Trip squad board",
  types: ["Epic", "Story", "Task"],
  bugTypes: ["Bug", "Incident"],
  severity: "Severity",
  dates: ["Target date", "Fix version date", "Sprint end date"],
  further: ["Acceptance criteria", "Affected markets"],
};

const nextButton = (page: Page) => page.getByRole("button", { name: /^Next: / });

async function takeSuggestions(page: Page): Promise<void> {
  const accept = page.getByRole("button", { name: /^Accept (all|the) / });
  for (let turn = 0; turn < 3 && (await accept.count()) > 0; turn += 1) {
    await send(page, accept.first());
    await expect(page.getByText("Suggestions accepted.")).toBeVisible();
  }
}

/** The values to map depend on the types just chosen: with script they appear, without it a button shows them. */
async function showValues(page: Page): Promise<void> {
  const show = page.getByRole("button", { name: "Show the values" });
  if (withScript(page)) {
    await expect(show).toHaveCount(0);
  } else if ((await show.count()) > 0) {
    await send(page, show);
  }
}

async function choose(group: Locator, wanted: string[]): Promise<void> {
  for (const label of wanted) {
    await group.getByRole("checkbox", { name: new RegExp(`^${label}`) }).check();
  }
}

/** Step 1: finds the project by the search, chooses it and its board. */
export async function answerProject(page: Page, answers: WizardAnswers, visit: Visit = nothing): Promise<void> {
  await visit(page, "step-1-search");
  const search = page.getByLabel("Find a Jira project");
  await search.fill(answers.project);
  if (!withScript(page)) {
    await send(page, page.getByRole("button", { name: "Search" }));
  }
  await page.getByRole("radio", { name: new RegExp(`^${answers.project}\\b`) }).check();
  await send(page, page.getByRole("button", { name: "Choose project" }));
  await expect(page.getByText(`${answers.project} is chosen and saved.`)).toBeVisible();
  await page.getByRole("radio", { name: new RegExp(`^${answers.board ?? "No board"}`) }).check();
  await visit(page, "step-1");
}

/** Walks all steps from an open step 1; ends on the last one, with everything answered and not proceeded. */
export async function walkWizard(page: Page, answers: WizardAnswers, visit: Visit = nothing): Promise<void> {
  await answerProject(page, answers, visit);
  await send(page, nextButton(page));
  await expect(page).toHaveURL(/\/step\/2/);

  await page.getByRole("checkbox", { name: /^Pull requirements/ }).check();
  await page.getByRole("checkbox", { name: /^Bug mapping/ }).setChecked(answers.bugTypes !== undefined);
  await visit(page, "step-2");
  await send(page, nextButton(page));
  await expect(page).toHaveURL(/\/step\/3/);
  // Who goes on by keyboard begins where the step begins, and sees the page from its top.
  await expect(page.getByRole("heading", { name: "Step 3: Releases and sprints" })).toBeFocused();
  await expect(page.getByRole("heading", { level: 1 })).toBeInViewport();

  await page.getByRole("checkbox", { name: "Pull releases" }).check();
  if (answers.board !== undefined) {
    await page.getByRole("checkbox", { name: "Pull sprints" }).check();
  }
  await visit(page, "step-3");
  await send(page, nextButton(page));
  await expect(page).toHaveURL(/\/step\/4/);

  await visit(page, "step-4-open");
  await takeSuggestions(page);
  await send(page, nextButton(page));
  await expect(page).toHaveURL(/\/step\/5/);

  for (const [at, label] of (answers.dates ?? []).entries()) {
    await page.getByLabel(new RegExp(`^Release date field ${at + 1} of`)).selectOption({ label });
  }
  await choose(page.getByRole("group", { name: "Work item types" }), answers.types);
  await choose(page.getByRole("group", { name: "Further fields" }), answers.further ?? []);
  await showValues(page);
  await visit(page, "step-5-open");
  await takeSuggestions(page);
  if (answers.bugTypes === undefined) {
    return;
  }
  await send(page, nextButton(page));
  await expect(page).toHaveURL(/\/step\/6/);

  await choose(page.getByRole("group", { name: "Work item types" }), answers.bugTypes);
  if (answers.severity !== undefined) {
    const field = page.getByLabel(/^Jira field that holds the severity/);
    const option = field.locator("option", { hasText: new RegExp(`^\\s*${answers.severity}\\b`) }).first();
    await field.selectOption((await option.getAttribute("value")) ?? "");
    const show = page.getByRole("button", { name: "Show its values" });
    if (withScript(page)) {
      await expect(show.first()).toBeHidden();
    } else {
      await send(page, show.first());
    }
  }
  await showValues(page);
  await visit(page, "step-6-open");
  await takeSuggestions(page);
  // The preview follows the last change a moment later, and asks Jira for its work items then.
  await expect(page.locator("#preview[aria-busy=true]")).toHaveCount(0);
  await visit(page, "step-6");
}

/** The panel of the newest sync. */
export function syncPanel(page: Page): Locator {
  return page.getByRole("region", { name: "Newest sync" });
}

const OVER = /Done|Failed|Cancelled/;

/**
 * Waits on the page of sync runs until the newest is over, and says how it ended. With script the page must
 * tell by itself, without it is loaded again.
 */
export async function waitForSync(page: Page): Promise<string> {
  const state = syncPanel(page).locator(".status").first();
  await expect(state).toBeVisible();
  if (withScript(page)) {
    await page.evaluate(() => Object.assign(window, { stayed: true }));
    await expect(state).toHaveText(OVER, { timeout: 60_000 });
    expect(await page.evaluate(() => "stayed" in window), "the page was not loaded again").toBe(true);
  } else {
    await expect(async () => {
      await page.reload();
      await expect(state).toHaveText(OVER, { timeout: 100 });
    }).toPass({ timeout: 60_000, intervals: [250, 500, 1_000] });
  }
  return (await state.innerText()).trim();
}

/** Presses Proceed and waits for the end of the sync. */
export async function proceedAndWait(page: Page, visit: Visit = nothing): Promise<void> {
  await send(page, page.getByRole("button", { name: "Proceed" }));
  await expect(page).toHaveURL(/\/sync\?/);
  expect(await waitForSync(page)).toMatch(/^Done/);
  await visit(page, "sync-done");
}

/** Opens a page of the project's navigation. */
export async function openInProject(
  page: Page,
  name: "Plans" | "Requirements" | "Bugs" | "General" | "Members" | "Integrations",
): Promise<void> {
  await send(page, page.locator("#nav").getByRole("link", { name, exact: true }));
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
}

/** What a prepared server has. */
export interface Prepared {
  project: string;
  configuration: string;
}

/** From nothing to a project whose Jira project is synced; ends on the page of sync runs. */
export async function prepare(
  page: Page,
  base: string,
  site: SandboxSite,
  projectName: string,
  answers: WizardAnswers,
): Promise<Prepared> {
  await createConnection(page, base, valuesFor(site));
  const project = await createProject(page, base, projectName);
  const configuration = await createConfiguration(page, base, project, site.name);
  await walkWizard(page, answers);
  await proceedAndWait(page);
  return { project, configuration };
}
