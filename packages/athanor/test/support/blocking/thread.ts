// Runs in a thread of its own: asks a driver that answers with promises, and hands on what it answers.
import { workerData } from "node:worker_threads";
import { mariadbDriver } from "../../../src/drivers/mariadb.ts";
import { mysql2Driver } from "../../../src/drivers/mysql2.ts";
import { pgDriver } from "../../../src/drivers/pg.ts";
import type { Driver, DriverConnection } from "../../../src/engine/driver.ts";
import { makeUrl } from "../../../src/engine/url.ts";
import type { Answer, Line, Request } from "./protocol.ts";

const { port, signal, driver: name } = workerData as Line;
const flag = new Int32Array(signal);
const entry = [pgDriver, mysql2Driver, mariadbDriver].find((each) => each.name === name);
const drivers: Driver[] = [];
const connections: DriverConnection[] = [];

port.on("message", async (request: Request) => {
  const connection = request.connection === null ? undefined : connections[request.connection];
  let answer: Answer;
  try {
    const value = await answerTo(request, connection);
    answer = { value, inTransaction: connection?.inTransaction ?? false };
  } catch (error) {
    answer = { error: described(error), inTransaction: connection?.inTransaction ?? false };
  }
  port.postMessage(answer);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
});

async function answerTo({ method, args }: Request, connection: DriverConnection | undefined): Promise<unknown> {
  switch (method) {
    case "load": {
      const [url] = args as [string];
      if (entry === undefined) throw new RangeError(`There is no driver ${name} here`);
      return drivers.push(await entry.load(makeUrl(url), {})) - 1;
    }
    case "connect": {
      const driver = drivers[args[0] as number];
      if (driver === undefined) throw new RangeError("There is no such driver");
      return connections.push(await driver.connect()) - 1;
    }
    default: {
      if (connection === undefined) throw new RangeError("There is no such connection");
      return await (connection[method] as (...given: readonly unknown[]) => unknown).apply(connection, [...args]);
    }
  }
}

function described(error: unknown): NonNullable<Answer["error"]> {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), fields: {} };
  const fields = Object.entries(error).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return { name: error.name, message: error.message, fields: Object.fromEntries(fields) };
}
