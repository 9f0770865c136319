// Every page of the product, for specs that look at all of them: the run's server with a linked and synced
// Jira project, as its Account Admin sees it.
import type { Page } from "@playwright/test";
import type { Prepared } from "./flow.ts";

/** Addresses that need no search. */
function fixedPaths({ project, configuration }: Prepared): string[] {
  const here = `/projects/${project}`;
  return [
    "/",
    "/profile",
    "/admin/users",
    "/admin/users/new",
    "/admin/settings",
    "/admin/notices",
    "/admin/audit",
    "/admin/audit?from=yesterday",
    "/admin/audit?to=2000-01-01",
    "/admin/integrations",
    "/admin/integrations/available",
    "/admin/integrations/new",
    "/projects/new",
    `${here}/settings`,
    `${here}/settings?confirm=delete`,
    `${here}/members`,
    `${here}/integrations`,
    ...[1, 2, 3, 4, 5, 6].map((step) => `${here}/integrations/${configuration}/step/${step}`),
    `${here}/integrations/${configuration}/versions`,
    `${here}/integrations/${configuration}/sync`,
    `${here}/plans`,
    `${here}/plans?zoom=week`,
    `${here}/plans?view=list`,
    `${here}/bugs`,
    `${here}/requirements`,
    `${here}/requirements?text=TRIP-1`,
  ];
}

/** Where an address of one thing is found: the list, and how the address goes on. */
const LISTED: [(prepared: Prepared) => string, string][] = [
  [() => "/admin/users", "/admin/users/[0-9a-f-]{36}"],
  [() => "/admin/integrations", "/admin/integrations/[0-9a-f-]{36}"],
  [() => "/admin/integrations", "/admin/integrations[?]confirm=disconnect&amp;connection=[0-9a-f-]{36}"],
  [({ project }) => `/projects/${project}/plans?view=list`, "/projects/[0-9a-f-]{36}/releases/[^\"?]+"],
  [({ project }) => `/projects/${project}/plans?view=list`, "/projects/[0-9a-f-]{36}/sprints/[^\"?]+"],
  [({ project }) => `/projects/${project}/requirements`, "/projects/[0-9a-f-]{36}/requirements/[^\"?]+"],
];

/** Every address of a page, with one release, sprint, requirement, person and connection. */
export async function pagePaths(page: Page, prepared: Prepared): Promise<string[]> {
  const paths = fixedPaths(prepared);
  for (const [list, pattern] of LISTED) {
    const html = await (await page.request.get(list(prepared))).text();
    const found = new RegExp(`href="(${pattern})"`).exec(html)?.[1];
    if (found === undefined) {
      throw new Error(`${list(prepared)} leads to nothing like ${pattern}`);
    }
    paths.push(found.replaceAll("&amp;", "&"));
  }
  // Reached from the page of a connection.
  return paths.concat(paths.filter((path) => /integrations\/[0-9a-f-]{36}$/.test(path)).flatMap((path) => [`${path}/health`, `${path}/rights`]));
}

/** An address as a message names it, without ids. */
export const named = (path: string): string => path.replace(/[0-9a-f-]{36}/g, "*");
