import type { PlanNode, Step } from './plan.ts';

/** The node, run on what `path` leads to. */
export function atPath(path: readonly Step[], node: PlanNode): PlanNode {
  if (node.kind !== 'entities') return { kind: 'flatten', path, node };
  return {
    ...node,
    inputs: node.inputs.map((input) => ({
      ...input,
      paths: input.paths.map((behind) => [...path, ...behind]),
    })),
  };
}
