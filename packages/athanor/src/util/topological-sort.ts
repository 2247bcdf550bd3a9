/**
 * Groups of nodes, each behind those it depends on. A group has more than one member where nodes depend on each other
 * in a circle. Groups that do not depend on each other keep the order of `nodes`, level by level.
 *
 * @param dependenciesOf what has to come before a node; nodes that are not among the given ones do not count
 */
export function sortedGroups<T>(nodes: readonly T[], dependenciesOf: (node: T) => Iterable<T>): T[][] {
  const groups = connectedGroups(nodes, dependenciesOf);
  const groupOf = new Map<T, T[]>();
  for (const group of groups) for (const node of group) groupOf.set(node, group);
  // `connectedGroups` gives dependencies first: the levels of those before are known.
  const levels = new Map<T[], number>();
  for (const group of groups) {
    let level = 0;
    for (const node of group) {
      for (const dependency of dependenciesOf(node)) {
        const other = groupOf.get(dependency);
        if (other !== undefined && other !== group) level = Math.max(level, (levels.get(other) ?? 0) + 1);
      }
    }
    levels.set(group, level);
  }
  const places = new Map(nodes.map((node, index) => [node, index]));
  const first = new Map(
    groups.map((group) => [group, group.reduce((least, node) => Math.min(least, places.get(node) ?? 0), nodes.length)]),
  );
  const place = (group: T[]): number => first.get(group) ?? 0;
  return groups.sort((a, b) => (levels.get(a) ?? 0) - (levels.get(b) ?? 0) || place(a) - place(b));
}

interface Visit<T> {
  readonly node: T;
  readonly dependencies: Iterator<T>;
}

/** Tarjan's strongly connected components, without recursion: rows may be chained a hundred thousand deep. */
function connectedGroups<T>(nodes: readonly T[], dependenciesOf: (node: T) => Iterable<T>): T[][] {
  const given = new Set(nodes);
  const indexes = new Map<T, number>();
  const lowest = new Map<T, number>();
  const open = new Set<T>();
  const path: T[] = [];
  const groups: T[][] = [];
  const enter = (node: T): Visit<T> => {
    indexes.set(node, indexes.size);
    lowest.set(node, indexes.size - 1);
    open.add(node);
    path.push(node);
    return { node, dependencies: dependenciesOf(node)[Symbol.iterator]() };
  };
  const lower = (node: T, index: number): void => {
    if (index < (lowest.get(node) ?? 0)) lowest.set(node, index);
  };
  for (const start of nodes) {
    if (indexes.has(start)) continue;
    const visits = [enter(start)];
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const step = visit.dependencies.next();
      if (step.done !== true) {
        const dependency = step.value;
        if (!given.has(dependency)) continue;
        const known = indexes.get(dependency);
        if (known === undefined) visits.push(enter(dependency));
        else if (open.has(dependency)) lower(visit.node, known);
        continue;
      }
      visits.pop();
      const low = lowest.get(visit.node) ?? 0;
      const parent = visits.at(-1);
      if (parent !== undefined) lower(parent.node, low);
      if (low !== indexes.get(visit.node)) continue;
      const group = path.splice(path.lastIndexOf(visit.node));
      for (const node of group) open.delete(node);
      groups.push(group);
    }
  }
  return groups;
}

/** Things that wait for each other: a circle among those that could not be put in an order, in the order of the ring. */
export function findRing<T>(nodes: Iterable<T>, dependenciesOf: (node: T) => Iterable<T>): T[] {
  const left = new Set(nodes);
  const [start] = left;
  if (start === undefined) return [];
  const seen: T[] = [];
  let node = start;
  while (!seen.includes(node)) {
    seen.push(node);
    let next: T | undefined;
    for (const dependency of dependenciesOf(node)) {
      if (left.has(dependency)) {
        next = dependency;
        break;
      }
    }
    if (next === undefined) return seen;
    node = next;
  }
  return seen.slice(seen.indexOf(node));
}
