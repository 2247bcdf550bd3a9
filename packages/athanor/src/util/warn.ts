/**
 * Tells a programmer of something that is allowed and hardly meant. Node.js and its like have a channel for warnings
 * (`process.on("warning")`), elsewhere the console has one.
 */
export function warn(message: string): void {
  const host = (globalThis as { readonly process?: { emitWarning?: (text: string, type: string) => void } }).process;
  if (typeof host?.emitWarning === "function") host.emitWarning(message, "AthanorWarning");
  // biome-ignore lint/suspicious/noConsole: the one place where there is nothing else
  else console.warn(message);
}
