#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command } from "commander";

/** The package's own version; this file and its bundle lie equally deep, so one path serves both. */
function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return manifest.version;
}

const program = new Command("athanor")
  .description("Command line of Athanor, the SQL toolkit and ORM for TypeScript.")
  .version(packageVersion(), "-v, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .showHelpAfterError()
  .allowExcessArguments(false)
  .action(() => program.help());

await program.parseAsync();
