import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import type { Work } from "../work.ts";

/**
 * What a bundler makes of a program with one table and one query, minified and gzipped, drivers left out: as the sizes of the
 * peers were measured.
 */
async function kilobytes(program: string): Promise<number> {
  const bundle = await rolldown({
    input: "program",
    external: [/^node:/, ...drivers],
    logLevel: "silent",
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === "program" ? { id: `${import.meta.dirname}/program.js` } : null),
        load: (id) => (id.endsWith("/program.js") ? program : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  const code = output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  return gzipSync(code).length / 1024;
}

const drivers = ["better-sqlite3", "libsql", "pg", "postgres", "@electric-sql/pglite", "mysql2", "mariadb"];

const core = `
  import { integer, MetaData, select, table, varchar } from "athanor";
  import { createEngine } from "athanor/sqlite";
  const users = table("users", new MetaData(), { id: integer().primaryKey(), name: varchar(50) });
  const engine = createEngine("sqlite:///:memory:");
  await using connection = await engine.connect();
  console.log(await connection.execute(select(users.c.name).where(users.c.id.eq(1))).all());
`;
const orm = `
  import { integer, select, varchar } from "athanor";
  import { declarativeBase, map, Session } from "athanor/orm";
  import { createEngine } from "athanor/sqlite";
  const Base = declarativeBase();
  class User extends Base.model("users", { id: integer().primaryKey(), name: varchar(50) }) { static { map(this); } }
  await using session = new Session(createEngine("sqlite:///:memory:"));
  console.log(await session.scalars(select(User).where(User.id.eq(1))).all());
`;

export const coreBundle: Work = {
  name: "bundle, minified and gzipped: Core with one dialect",
  budget: 35,
  unit: "KB",
  withoutDriver: true,
  measure: async () => ({ value: await kilobytes(core) }),
};

export const ormBundle: Work = {
  name: "bundle, minified and gzipped: with the ORM",
  budget: 85,
  unit: "KB",
  withoutDriver: true,
  measure: async () => ({ value: await kilobytes(orm) }),
};
