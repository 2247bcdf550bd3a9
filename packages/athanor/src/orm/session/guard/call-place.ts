/** Frames of a stack that are looked at for the program's own. */
const depth = 60;

/** Where the library itself is: its folder, or, where all of it is in one file, that file. */
const own: string | null = pathOfLibrary();

/** Where the program has called the library; found out when it is asked for, as that takes a while. */
export class CallPlace {
  readonly #stack: { readonly stack?: string };
  #text: string | null | undefined;

  constructor() {
    const settings = Error as { stackTraceLimit?: number };
    const limit = settings.stackTraceLimit;
    settings.stackTraceLimit = depth;
    this.#stack = new Error();
    if (limit === undefined) delete settings.stackTraceLimit;
    else settings.stackTraceLimit = limit;
  }

  /** The first frame that is not the library's: `listInvoices (src/invoices.ts:17:34)`; null where there is none. */
  get text(): string | null {
    if (this.#text === undefined) this.#text = firstOutside(this.#stack.stack ?? "");
    return this.#text;
  }
}

function firstOutside(stack: string): string | null {
  for (const line of stack.split("\n")) {
    const frame = /^\s*at (.*)$/.exec(line)?.[1];
    if (frame === undefined || isOutsideProgram(frame)) continue;
    return frame.replace(/^async /, "");
  }
  return null;
}

function isOutsideProgram(frame: string): boolean {
  return (own !== null && frame.includes(own)) || /\bnode:|<anonymous>\)?$|^native\b/.test(frame);
}

function pathOfLibrary(): string | null {
  const frames = (new Error().stack ?? "").split("\n").slice(1);
  for (const frame of frames) {
    const path = /(?:\(|at )((?:file:\/\/)?[^\s()]+?):\d+:\d+\)?$/.exec(frame)?.[1];
    if (path === undefined) continue;
    return /^(.*\/)orm\/session\/guard\/call-place\.\w+$/.exec(path)?.[1] ?? path;
  }
  return null;
}
