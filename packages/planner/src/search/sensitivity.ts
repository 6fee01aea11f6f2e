/** What to buy next: the time of a step with twice as much of one thing, each time with the plan that is best then. */
import type { Cluster } from "../machines/machine.ts";
import type { Transformer } from "../models/transformer.ts";
import { withLink } from "../network/requirements.ts";
import type { TrainingOptions } from "../training/job.ts";
import { quantity } from "../units.ts";
import { searchPlans } from "./search.ts";

/** One thing doubled. */
export interface Purchase {
  readonly what: string;
  /** Seconds of a step. */
  readonly step: number;
  /** How many times faster than now. */
  readonly speedup: number;
}

/** Steps with memory, links, bandwidth, arithmetic or nodes doubled, the most useful first. Empty if no plan fits now. */
export function sensitivity(model: Transformer, cluster: Cluster, options: TrainingOptions): Purchase[] {
  const stepOn = (machine: Cluster) => searchPlans(model, machine, options, { keep: 1 }).ranked[0]?.step;
  const now = stepOn(cluster);
  if (now === undefined) return [];
  return doubled(cluster)
    .map(([what, machine]) => ({ what, step: stepOn(machine) ?? now }))
    .map(({ what, step }) => ({ what, step, speedup: now / step }))
    .sort((a, b) => b.speedup - a.speedup);
}

function doubled(cluster: Cluster): [string, Cluster][] {
  const { accelerator, inside, between } = cluster;
  const peak = Object.fromEntries(Object.entries(accelerator.peak).map(([name, rate]) => [name, quantity(2 * rate)]));
  const device = (change: Partial<Cluster["accelerator"]>): Cluster => ({
    ...cluster,
    accelerator: { ...accelerator, ...change },
  });
  return [
    ["memory of the device", device({ memory: quantity(2 * accelerator.memory) })],
    ["bandwidth of the memory", device({ bandwidth: quantity(2 * accelerator.bandwidth) })],
    ["arithmetic of the device", device({ peak })],
    ["links inside a node", withLink(cluster, "inside", { rate: quantity(2 * inside.rate) })],
    ["network between nodes", withLink(cluster, "between", { rate: quantity(2 * between.rate) })],
    ["nodes", { ...cluster, nodes: 2 * cluster.nodes }],
  ];
}
