// Generates Prisma's clients, one for each database: it takes the models from a file, and the database's name from another.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { run } from "../../../tools/processes.ts";

const here = import.meta.dirname;

for (const provider of ["sqlite", "postgresql"]) {
  const folder = `${here}/generated/${provider}`;
  mkdirSync(`${folder}/schema`, { recursive: true });
  copyFileSync(`${here}/models.prisma`, `${folder}/schema/models.prisma`);
  writeFileSync(
    `${folder}/schema/schema.prisma`,
    `datasource db {
  provider = "${provider}"
}

generator client {
  provider            = "prisma-client"
  output              = "../client"
  runtime             = "nodejs"
  importFileExtension = "ts"
}
`,
  );
  // It asks for an engine to be downloaded that it makes no use of; any file will do.
  run("npx", ["prisma", "generate", "--schema", `${folder}/schema`], {
    cwd: `${here}/../..`,
    env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
  });
}
