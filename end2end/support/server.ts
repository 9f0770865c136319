// Starts `traceline dev` for tests: a fresh data folder, free ports, its sandbox Jira beside it.
//
// The server announces itself on standard output in one line, `TRACELINE_READY {json}`. Its whole output
// goes to a log file, so that a failed test can be read afterwards. Nothing of the caller's TRACELINE_*
// settings reaches it, except the ones named here.
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** One person who can sign in to a sandbox Jira: what a form of Traceline asks for. */
export interface SandboxSite {
  /** What the site is called in the announcement. */
  name: string;
  deployment: "cloud" | "data_center";
  /** Address to paste into the connection form. */
  url: string;
  /** Empty for Data Center. */
  email: string;
  token: string;
  [more: string]: unknown;
}

/** What the server says about itself when it is ready. */
export interface Announcement {
  /** Address of Traceline, without a slash at the end. */
  url: string;
  /** One-time address of the first-run setup. */
  setup_url: string;
  sandbox: SandboxSite[];
}

/** A running server. */
export interface RunningServer extends Announcement {
  /** Its data folder, removed by `stop`. */
  dataDir: string;
  /** Ends the process at once, as a crash would; the data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same data after `kill`; ports may differ. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 25_000;

/** Starts a server; `settings` are further TRACELINE_* settings, `args` further words behind `dev`. */
export async function startServer(
  name: string,
  settings: Record<string, string> = {},
  args: string[] = [],
): Promise<RunningServer> {
  const dataDir = mkdtempSync(join(tmpdir(), "traceline-end2end-"));
  let process_ = await launch(name, dataDir, settings, args);
  const server: RunningServer = {
    ...process_.announcement,
    dataDir,
    kill: () => end(process_.child, "SIGKILL"),
    restart: async () => {
      process_ = await launch(name, dataDir, settings, args);
      Object.assign(server, process_.announcement);
    },
    stop: async () => {
      await end(process_.child, "SIGTERM");
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return server;
}

async function launch(name: string, dataDir: string, settings: Record<string, string>, args: string[]) {
  const binary = resolve(root, process.env.TRACELINE_BIN ?? "target/debug/traceline");
  const logs = join(root, "end2end", "server-logs");
  mkdirSync(logs, { recursive: true });
  const log = createWriteStream(join(logs, `${name}.log`), { flags: "a" });
  const child = spawn(binary, ["dev", ...args], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      HOME: dataDir,
      TRACELINE_ANNOUNCE: "json",
      TRACELINE_DATA_DIR: dataDir,
      TRACELINE_LISTEN: "127.0.0.1:0",
      // Where `make test` wants every exchange with the sandbox Jira; no setting of the server.
      ...(process.env.SANDBOX_EXCHANGES && {
        SANDBOX_EXCHANGES: process.env.SANDBOX_EXCHANGES,
      }),
      TRACELINE_SITE_ROOT: process.env.TRACELINE_SITE_ROOT ?? join(root, "target", "site"),
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stderr.pipe(log);
  const lines = createInterface({ input: child.stdout });
  const announcement = await new Promise<Announcement>((ready, failed) => {
    const giveUp = (why: string) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      failed(new Error(`${binary} dev: ${why}; its output is in end2end/server-logs/${name}.log`));
    };
    const timer = setTimeout(() => giveUp("did not announce itself in time"), READY_WITHIN_MS);
    child.once("error", (error) => giveUp(error.message));
    child.once("exit", (code) => giveUp(`ended with ${code}`));
    lines.on("line", (line) => {
      log.write(`${line}\n`);
      if (line.startsWith("TRACELINE_READY ")) {
        clearTimeout(timer);
        child.removeAllListeners("exit");
        ready(JSON.parse(line.slice("TRACELINE_READY ".length)) as Announcement);
      }
    });
  });
  announcement.url = announcement.url.replace(/\/$/, "");
  return { child, announcement };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  await new Promise<void>((ended) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    child.once("exit", () => {
      clearTimeout(timer);
      ended();
    });
    child.kill(signal);
  });
}
