// The control address of a sandbox site: bad days and changes in Jira, made on purpose.
import { request } from "@playwright/test";
import type { Announcement, SandboxSite } from "./server.ts";

/** What can go wrong with an answer of the sandbox. */
export interface Fault {
  path?: string;
  status?: number;
  json?: string;
  html?: string;
  redirect_to?: string;
  hang?: boolean;
  truncate_at?: number;
  delay_ms?: number;
  /** Seconds that Jira asks to wait; status 429 unless given. */
  retry_after?: number;
  /** Leaves so many requests alone first. */
  skip?: number;
  times?: number;
}

/** The first site of a kind. */
export function siteOf({ sandbox }: Pick<Announcement, "sandbox">, deployment: "cloud" | "data_center"): SandboxSite {
  const site = sandbox.find((one) => one.deployment === deployment);
  if (site === undefined) {
    throw new Error(`the sandbox has no ${deployment} site`);
  }
  return site;
}

/** Sends a control command; throws when the site does not know it. */
export async function control(site: SandboxSite, command: string, data: object): Promise<void> {
  const context = await request.newContext({ ignoreHTTPSErrors: true });
  try {
    const answer = await context.post(`${site.url}/__sandbox/${command}`, { data });
    if (!answer.ok()) {
      throw new Error(`${command}: ${answer.status()} ${await answer.text()}`);
    }
  } finally {
    await context.dispose();
  }
}

/** Runs `during` while the site answers with a fault. */
export async function withFault(site: SandboxSite, fault: Fault, during: () => Promise<void>): Promise<void> {
  await control(site, "faults", fault);
  try {
    await during();
  } finally {
    const context = await request.newContext({ ignoreHTTPSErrors: true });
    await context.delete(`${site.url}/__sandbox/faults`);
    await context.dispose();
  }
}
