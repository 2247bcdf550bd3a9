/**
 * Whether functions can be made of text here. Runtimes on the edge and pages with a content security policy forbid it;
 * whoever generates code has a path without it.
 */
export const canGenerateCode: boolean = /* @__PURE__ */ probe();

function probe(): boolean {
  try {
    return new Function("return true")() === true;
  } catch {
    return false;
  }
}

/**
 * Makes a function of a body of text. Names from outside reach it as parameters of `values`, never inside the text;
 * property names are written with `propertyOf`.
 */
export function generate<F>(values: Readonly<Record<string, unknown>>, body: string): F {
  const make = new Function(...Object.keys(values), body) as (...args: readonly unknown[]) => F;
  return make(...Object.values(values));
}

/** `["name"]`, escaped as JavaScript text. */
export function propertyOf(name: string): string {
  return `[${JSON.stringify(name).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}]`;
}
