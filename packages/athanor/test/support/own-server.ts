// Servers that a test starts for itself, because it stops, restarts or configures them.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

/** Folders of programs: Debian's of PostgreSQL, and those of the system. */
function folders(): readonly string[] {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian) ? readdirSync(debian).map((version) => join(debian, version, "bin")) : [];
  return [...versions.toSorted().toReversed(), ...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin"];
}

/** Where a program is; null where it is not installed. */
export function programPath(name: string): string | null {
  return (
    folders()
      .map((folder) => join(folder, name))
      .find(existsSync) ?? null
  );
}

/** Tests that need programs. Without them they are skipped; with CI set, they fail. */
export function describeWithPrograms(title: string, programs: readonly string[], body: () => void): void {
  const missing = programs.filter((name) => programPath(name) === null).join(", ");
  if (missing === "") describe(title, body);
  else if (process.env["CI"]) {
    describe(title, () => test("is there", () => expect.unreachable(`${missing} is not installed`)));
  } else describe.skip(`${title}: needs ${missing}`, () => test("skipped", () => {}));
}

/** Servers refuse to run as root: then they run as the user that Debian makes for them. */
function asServer(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  const path = programPath(program) ?? program;
  return isRoot ? ["runuser", ["-u", "postgres", "--", path, ...args]] : [path, args];
}

async function userId(): Promise<readonly [number, number]> {
  const ids = await Promise.all(["-u", "-g"].map((flag) => run("id", [flag, "postgres"])));
  const [user = 0, group = 0] = ids.map(({ stdout }) => Number(stdout));
  return [user, group];
}

/** A folder that the servers may write into. */
async function serverFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "athanor-server-"));
  if (isRoot) chownSync(folder, ...(await userId()));
  return folder;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  return await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** A cluster of PostgreSQL's in a folder of its own. */
export class OwnPostgresql implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.port = port;
  }

  static async start(): Promise<OwnPostgresql> {
    const folder = await serverFolder();
    const cluster = new OwnPostgresql(folder, await freePort());
    await run(
      ...mutable(asServer("initdb", ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "--no-sync"])),
    );
    await cluster.#control("start");
    return cluster;
  }

  /** A replica of another cluster, which follows it until it is promoted. */
  static async startReplica(primary: OwnPostgresql): Promise<OwnPostgresql> {
    const folder = await serverFolder();
    const cluster = new OwnPostgresql(folder, await freePort());
    const from = ["-h", "127.0.0.1", "-p", String(primary.port), "-U", "postgres"];
    const to = ["-D", join(folder, "data"), "-R", "-X", "stream", "-c", "fast", "--no-sync"];
    await run(...mutable(asServer("pg_basebackup", [...from, ...to])));
    await cluster.#control("start");
    return cluster;
  }

  async #control(action: string, ...args: readonly string[]): Promise<void> {
    const settings = {
      port: this.port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: this.#folder,
      max_connections: 60,
      max_prepared_transactions: 10,
      fsync: "off",
      deadlock_timeout: "100ms",
    };
    const options = Object.entries(settings).map(([name, value]) => `-c ${name}='${value}'`);
    const base = ["-D", join(this.#folder, "data"), "-w", "-l", join(this.#folder, "log"), ...args];
    const own = action === "stop" || action === "promote" ? [] : ["-o", options.join(" ")];
    await run(...mutable(asServer("pg_ctl", [action, ...base, ...own])));
  }
  /** `fast` ends all sessions; `immediate` is a crash. */
  restart(mode: "fast" | "immediate"): Promise<void> {
    return this.#control("restart", "-m", mode);
  }
  stop(): Promise<void> {
    return this.#control("stop", "-m", "fast");
  }
  /** Ends at once, as if the machine had lost its power. */
  crash(): Promise<void> {
    return this.#control("stop", "-m", "immediate");
  }
  /** A replica becomes a server of its own. */
  promote(): Promise<void> {
    return this.#control("promote");
  }
  start(): Promise<void> {
    return this.#control("start");
  }

  url(driver: string, port: number = this.port): string {
    return `postgresql+${driver}://postgres@127.0.0.1:${port}/postgres`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#control("stop", "-m", "immediate").catch(() => {});
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** PgBouncer in front of a server, giving each transaction another session. */
export class OwnPgbouncer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #process: ChildProcess;

  private constructor(folder: string, port: number, process: ChildProcess) {
    this.#folder = folder;
    this.port = port;
    this.#process = process;
  }

  static async start(server: OwnPostgresql): Promise<OwnPgbouncer> {
    const folder = await serverFolder();
    const port = await freePort();
    const settings = [
      "[databases]",
      `postgres = host=127.0.0.1 port=${server.port} dbname=postgres user=postgres`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "auth_type = any",
      "pool_mode = transaction",
      "default_pool_size = 2",
      "unix_socket_dir =",
      `logfile = ${join(folder, "log")}`,
    ];
    const file = join(folder, "pgbouncer.ini");
    writeFileSync(file, `${settings.join("\n")}\n`);
    const [program, args] = asServer("pgbouncer", ["-q", file]);
    const process = spawn(program, [...args], { stdio: "ignore" });
    const pooler = new OwnPgbouncer(folder, port, process);
    await pooler.#ready();
    return pooler;
  }
  async #ready(): Promise<void> {
    const { connect } = await import("node:net");
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const isOpen = await new Promise<boolean>((resolve) => {
        const socket = connect(this.port, "127.0.0.1", () => resolve(true)).on("error", () => resolve(false));
        socket.once("connect", () => socket.destroy());
      });
      if (isOpen) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("PgBouncer does not answer");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function mutable([program, args]: readonly [string, readonly string[]]): [string, string[]] {
  return [program, [...args]];
}
