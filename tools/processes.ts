// Runs other programs for the tools of this folder.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The TypeScript compilers that users' programs must be accepted by, newest first. */
export const compilers = [
  { name: "TypeScript 7", script: `${root}node_modules/typescript/bin/tsc` },
  { name: "TypeScript 6", script: `${root}node_modules/typescript-6/bin/tsc` },
] as const;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly ok: boolean;
  /** What it printed, on standard output and then on standard error. */
  readonly output: string;
  /** What it printed on standard output alone. */
  readonly stdout: string;
}

/** Runs a program to its end and keeps what it prints. */
export function capture(command: string, args: readonly string[], options: RunOptions = {}): Outcome {
  const done = spawnSync(command, args, {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.error) throw done.error;
  return { ok: done.status === 0, output: done.stdout + done.stderr, stdout: done.stdout };
}

/** Runs a program to its end and returns its standard output. Throws with all that it printed when it fails. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): string {
  const { ok, output, stdout } = capture(command, args, options);
  if (!ok) throw new Error(`${command} ${args.join(" ")} failed:\n${output}`);
  return stdout;
}

/** Runs a script on the Node.js that runs this one, whatever the system's own is. */
export function runNode(args: readonly string[], options: RunOptions = {}): string {
  return run(process.execPath, args, options);
}
