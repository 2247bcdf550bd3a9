import { ArgumentError } from "../errors/errors.ts";

/**
 * The parts of a database URL, decoded. Immutable; `set` gives a changed one. Printed, by whatever way, it shows no
 * password.
 */
export class Url {
  /** `sqlite`, `postgresql`, … */
  readonly dialect: string;
  /** What stands behind the plus sign, or null. */
  readonly driver: string | null;
  readonly username: string | null;
  readonly host: string | null;
  readonly port: number | null;
  /** The database's name; of SQLite, the file. */
  readonly database: string | null;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  // Private, because consoles and loggers show every other field.
  readonly #password: string | null;

  constructor(parts: Partial<UrlParts> & Pick<UrlParts, "dialect">) {
    this.dialect = parts.dialect;
    this.driver = parts.driver ?? null;
    this.username = parts.username ?? null;
    this.#password = parts.password ?? null;
    this.host = parts.host ?? null;
    this.port = parts.port ?? null;
    this.database = parts.database ?? null;
    this.query = Object.freeze({ ...parts.query });
    Object.freeze(this);
  }

  get password(): string | null {
    return this.#password;
  }
  /** `sqlite`, or `sqlite+better-sqlite3`. */
  get drivername(): string {
    return this.driver === null ? this.dialect : `${this.dialect}+${this.driver}`;
  }

  /** A copy with some parts changed. */
  set(parts: Partial<UrlParts>): Url {
    return new Url({ ...this, password: this.#password, ...parts });
  }
  /** A copy with these parameters added to its query, or put in the place of those of the same name. */
  updateQuery(query: UrlParts["query"]): Url {
    return this.set({ query: { ...this.query, ...query } });
  }

  /** The URL as text; the password is replaced by `***` unless it is asked for. */
  render(options: { readonly hidePassword?: boolean } = {}): string {
    const isHidden = options.hidePassword !== false;
    const password = this.#password === null ? "" : `:${isHidden ? "***" : encodeURIComponent(this.#password)}`;
    const user = this.username === null ? "" : `${encodeURIComponent(this.username)}${password}@`;
    const host = this.host === null ? "" : this.host.includes(":") ? `[${this.host}]` : this.host;
    const port = this.port === null ? "" : `:${this.port}`;
    const database = this.database === null ? "" : `/${this.database.replace(/[%?]/g, encodeURIComponent)}`;
    return `${this.drivername}://${user}${host}${port}${database}${this.#queryText(isHidden)}`;
  }

  #queryText(isHidden: boolean): string {
    const pairs = Object.entries(this.query).flatMap(([key, value]) =>
      (typeof value === "string" ? [value] : value).map(
        (each) => `${encodeURIComponent(key)}=${isHidden && isSecret(key) ? "***" : encodeURIComponent(each)}`,
      ),
    );
    return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
  }

  /** The URL without its password. */
  toString(): string {
    return this.render();
  }
  toJSON(): string {
    return this.render();
  }
  /** What `console.log` shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `Url(${this.render()})`;
  }
}

export interface UrlParts {
  readonly dialect: string;
  readonly driver: string | null;
  readonly username: string | null;
  readonly password: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly database: string | null;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
}

/** Some drivers take a password among the parameters. */
function isSecret(key: string): boolean {
  return /password|passwd|secret|token/i.test(key);
}

const form =
  /^(?<dialect>[a-z][a-z0-9_]*)(?:\+(?<driver>[a-z][a-z0-9_-]*))?:\/\/(?:(?<username>[^:/@]*)(?::(?<password>[^@]*))?@)?(?:\[(?<ipv6>[^/?\]]+)\]|(?<host>[^/:?]*))(?::(?<port>[^/?]*))?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/is;

/**
 * Reads `dialect+driver://user:password@host:port/database?key=value`. Special characters of the user's name, the
 * password and the database are percent-encoded. SQLite: `sqlite:///relative.db`, `sqlite:////absolute.db`, `sqlite:///:memory:`.
 *
 * @throws ArgumentError when the text has another form; the message never contains a password.
 */
export function makeUrl(url: string | Url): Url {
  if (url instanceof Url) return url;
  const parts = typeof url === "string" ? form.exec(url)?.groups : undefined;
  if (parts === undefined) {
    throw new ArgumentError(
      `${typeof url === "string" ? JSON.stringify(masked(url)) : String(url)} is no database URL. ` +
        'The form is "dialect+driver://user:password@host:port/database", such as "sqlite:///shop.db" or "sqlite:///:memory:".',
    );
  }
  if (parts["host"]?.includes("@")) {
    throw new ArgumentError(
      "The URL has more than one @ before its host: write those of the user name and the password as %40.",
    );
  }
  const { dialect = "", driver, username, password, ipv6, host, port, database, query } = parts;
  return new Url({
    dialect: dialect.toLowerCase(),
    driver: driver?.toLowerCase() ?? null,
    username: username === undefined ? null : decoded(username, "user name"),
    password: password === undefined ? null : decoded(password, "password"),
    host: ipv6 ?? (host === undefined || host === "" ? null : host),
    port: portOf(port),
    database: database === undefined || database === "" ? null : decoded(database, "database"),
    query: queryOf(query),
  });
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ArgumentError(`The ${what} of the URL is not well encoded: write a percent sign as %25.`);
  }
}

function portOf(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new ArgumentError("The port of the URL is no number between 1 and 65535.");
}

function queryOf(text: string | undefined): Record<string, string | readonly string[]> {
  const query: Record<string, string | readonly string[]> = {};
  for (const [key, value] of new URLSearchParams(text ?? "")) {
    const known = query[key];
    query[key] = known === undefined ? value : [...(typeof known === "string" ? [known] : known), value];
  }
  return query;
}

/** Whatever stands where a password could stand is not repeated. */
function masked(text: string): string {
  return text.replace(/:[^:/]*@/g, ":***@").replace(/((?:password|passwd|secret|token)=)[^&]*/gi, "$1***");
}
