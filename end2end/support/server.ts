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
  /** Starts it again after `kill`, on the same data and the same ports. */
  restart(): Promise<void>;
  /** Ends it in order and removes its data; throws when it did not end in order, see `stopInOrder`. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 60_000;
/** What the README promises; the tests add nothing to it. */
const STOP_WITHIN_MS = 20_000;

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
    kill: () => kill(process_.child),
    restart: async () => {
      const same = samePorts(process_.announcement);
      process_ = await launch(name, dataDir, { ...settings, TRACELINE_LISTEN: same.listen }, [...args, ...same.args]);
      Object.assign(server, process_.announcement);
    },
    stop: async () => {
      try {
        await stopInOrder(process_.child, name);
      } finally {
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
  };
  return server;
}

/** What makes a server listen where it did before, its sandbox too. */
function samePorts({ url, sandbox }: Announcement): { listen: string; args: string[] } {
  const [cloud, dataCenter] = sandbox;
  return {
    listen: new URL(url).host,
    args: ["--cloud", new URL(cloud.url).host, "--data-center", new URL(dataCenter.url).host],
  };
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

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function kill(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) {
    const ended = new Promise((done) => child.once("exit", done));
    child.kill("SIGKILL");
    await ended;
  }
}

/**
 * Ends a server as its operator does; throws when that takes too long, when its exit code says that something
 * was wrong, and when it ended by itself before. One that a test killed is gone already.
 */
async function stopInOrder(child: ChildProcess, name: string): Promise<void> {
  const gone = hasEnded(child);
  if (gone && child.killed) {
    return;
  }
  if (!gone) {
    const ended = new Promise((done) => child.once("exit", done));
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  }
  if (child.exitCode !== 0) {
    const how = child.exitCode === null ? `by ${child.signalCode}` : `with code ${child.exitCode}`;
    const what = gone ? `ended ${how} before it was asked to` : `did not stop in order within ${STOP_WITHIN_MS / 1_000} s, it ended ${how}`;
    throw new Error(`the server ${what}; its output is in end2end/server-logs/${name}.log`);
  }
}
