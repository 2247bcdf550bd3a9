// Runs once, before the workers are started, and after the last of them has ended.

export async function setup(): Promise<void> {
  process.env["ATHANOR_TEST_RUN"] = String(process.pid);
}

export async function teardown(): Promise<void> {
  // Only now: the name of the run is known.
  const { dropServerDatabases } = await import("./postgresql-databases.ts");
  await dropServerDatabases();
}
