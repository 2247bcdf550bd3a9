import { NoSuchModuleError } from "../errors/errors.ts";

/**
 * An npm package that a driver needs, found from where this package is installed or from the program's own folder.
 *
 * @throws NoSuchModuleError that says what to install.
 */
export async function loadPackage(name: string, load: () => Promise<unknown>): Promise<unknown> {
  try {
    return await load();
  } catch (cause) {
    const path = resolvedFromProgram(name);
    if (path !== null) return await import(path);
    throw notInstalled(name, cause);
  }
}

function resolvedFromProgram(name: string): string | null {
  const { process } = globalThis;
  const module = process?.getBuiltinModule?.("node:module");
  const url = process?.getBuiltinModule?.("node:url");
  if (module === undefined || url === undefined) return null;
  try {
    return url.pathToFileURL(module.createRequire(`${process.cwd()}/package.json`).resolve(name)).href;
  } catch {
    return null;
  }
}

/**
 * The same at once, for drivers that answer at once: found from where this package is installed or from the program's own folder.
 *
 * @throws NoSuchModuleError that says what to install.
 */
export function requirePackage(name: string): unknown {
  const { process } = globalThis;
  const module = process?.getBuiltinModule?.("node:module");
  let cause: unknown;
  for (const from of [import.meta.url, `${process?.cwd() ?? ""}/package.json`]) {
    try {
      if (module !== undefined) return module.createRequire(from)(name);
    } catch (error) {
      cause ??= error;
    }
  }
  throw notInstalled(name, cause);
}

function notInstalled(name: string, cause: unknown): NoSuchModuleError {
  return new NoSuchModuleError(`The driver ${name} is not installed. Run: npm install ${name}`, { cause });
}
