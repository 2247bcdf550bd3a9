let depth = 0;

/** Runs what the library itself does to objects: handlers of attributes are told nothing of it. It must not wait. */
export function quietly<T>(work: () => T): T {
  depth += 1;
  try {
    return work();
  } finally {
    depth -= 1;
  }
}

export function isQuiet(): boolean {
  return depth > 0;
}
