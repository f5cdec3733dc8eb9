import type { Body } from './bodies.ts';
import type { Box } from './mesh.ts';

/** Groups bodies whose boxes touch: only they can overlap. Sweeps along x, so that far ones never meet. */
export function findClusters(bodies: readonly Body[]): Body[][] {
  const order = bodies.map((_, index) => index);
  order.sort((a, b) => bodies[a]!.outer.box.min[0] - bodies[b]!.outer.box.min[0]);
  const leader = bodies.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (leader[root] !== root) root = leader[root]!;
    leader[index] = root;
    return root;
  };
  let active: number[] = [];
  for (const index of order) {
    const { box } = bodies[index]!.outer;
    active = active.filter((other) => bodies[other]!.outer.box.max[0] >= box.min[0]);
    for (const other of active)
      if (touch(box, bodies[other]!.outer.box)) {
        const [a, b] = [find(index), find(other)];
        leader[Math.max(a, b)] = Math.min(a, b);
      }
    active.push(index);
  }
  const groups = Map.groupBy(bodies, (_, index) => find(index));
  return [...groups.values()];
}

export function touch(one: Box, other: Box): boolean {
  return [0, 1, 2].every((axis) => one.min[axis]! <= other.max[axis]! && other.min[axis]! <= one.max[axis]!);
}
