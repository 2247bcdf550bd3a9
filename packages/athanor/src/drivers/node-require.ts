import { NoSuchModuleError } from "../errors/errors.ts";

/**
 * Loads an npm package at once, found from where this package is installed or from the program's own folder.
 *
 * @throws NoSuchModuleError when it is in neither place.
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
  throw new NoSuchModuleError(`The driver ${name} is not installed. Run: npm install ${name}`, { cause });
}
