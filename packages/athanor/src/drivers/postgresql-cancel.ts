import type { Socket } from "node:net";
import type { PostgresqlServer } from "./postgresql-url.ts";

/** Which statement of which session is to be stopped: the session's, whatever it is. */
export interface SessionKey {
  readonly processId: number;
  readonly secret: number;
}

// https://www.postgresql.org/docs/current/protocol-message-formats.html
const cancelRequestCode = 80_877_102;
const tlsRequestCode = 80_877_103;

/**
 * Asks the server, over a connection of its own as the protocol wants it, to stop what a session is executing. Resolves when
 * the server has taken note.
 */
export async function cancelRequest(server: PostgresqlServer, { processId, secret }: SessionKey): Promise<void> {
  const socket = await connected(server);
  const secured = server.ssl === false ? socket : await encrypted(socket, server);
  await new Promise<void>((resolve, reject) => {
    secured.once("error", reject);
    // The server answers by closing the connection.
    secured.once("close", () => resolve());
    secured.resume();
    secured.end(words(16, cancelRequestCode, processId, secret));
  });
}

async function connected({ host, port, connectTimeout }: PostgresqlServer): Promise<Socket> {
  const net = await import("node:net");
  const socket = net.connect(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  socket.setTimeout(connectTimeout, () => socket.destroy(new Error("The server did not answer in time.")));
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}

async function encrypted(socket: Socket, { ssl, host }: PostgresqlServer): Promise<Socket> {
  const tls = await import("node:tls");
  socket.write(words(8, tlsRequestCode));
  const answer = await new Promise<Buffer>((resolve, reject) => {
    socket.once("data", resolve);
    socket.once("error", reject);
  });
  if (answer[0] !== "S".charCodeAt(0)) return socket;
  const secured = tls.connect({ socket, servername: host, ...(ssl === false ? {} : ssl) });
  return new Promise((resolve, reject) => {
    secured.once("secureConnect", () => resolve(secured));
    secured.once("error", reject);
  });
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value | 0, index * 4);
  return bytes;
}
