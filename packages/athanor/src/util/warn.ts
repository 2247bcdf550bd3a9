/** A warning of the library's, as `onWarning()` hands it on. */
export class AthanorWarning extends Error {
  override get name(): string {
    return "AthanorWarning";
  }
}

type WarningHandler = (warning: AthanorWarning) => void;

const handlers: WarningHandler[] = [];

/**
 * Hands warnings to a function in place of the runtime's channel for them. What it throws is thrown where the warning arose:
 * `onWarning((warning) => { throw warning; })` makes errors of all warnings, and collecting them makes them testable. Returns
 * a function that takes the handler back.
 */
export function onWarning(handler: (warning: AthanorWarning) => void): () => void {
  handlers.push(handler);
  return () => {
    const index = handlers.indexOf(handler);
    if (index >= 0) handlers.splice(index, 1);
  };
}

/**
 * Tells a programmer of something that is allowed and hardly meant. Node.js and its like have a channel for warnings
 * (`process.on("warning")`), elsewhere the console has one.
 */
export function warn(message: string): void {
  if (handlers.length > 0) {
    const warning = new AthanorWarning(message);
    for (const handler of [...handlers]) handler(warning);
    return;
  }
  const host = (globalThis as { readonly process?: { emitWarning?: (text: string, type: string) => void } }).process;
  if (typeof host?.emitWarning === "function") host.emitWarning(message, "AthanorWarning");
  // biome-ignore lint/suspicious/noConsole: the one place where there is nothing else
  else console.warn(message);
}
