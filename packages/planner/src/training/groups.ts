/**
 * Which devices talk to which: ranks are laid out with tensor innermost, then context, then data, then pipeline, so that
 * the groups which talk most sit in one node.
 *
 * @source Narayanan et al. 2021, section 3.2 (takeaway 1)
 */
import type { Cluster } from "../machines/machine.ts";
import type { Group } from "./collectives.ts";
import type { Parallel } from "./job.ts";

export interface Groups {
  readonly tensor: Group;
  readonly context: Group;
  /** Copies that hold the same weights: data and context parallel ranks. */
  readonly copies: Group;
  readonly expert: Group;
  /** Whether neighbouring stages sit in one node. */
  readonly stagesInNode: boolean;
}

export function groupsOf({ data, tensor, context, expert }: Parallel, { devicesPerNode }: Cluster): Groups {
  const group = (ranks: number, stride: number): Group => {
    return { ranks, inNode: Math.min(ranks, Math.max(1, Math.floor(devicesPerNode / stride))) };
  };
  return {
    tensor: group(tensor, 1),
    context: group(context, tensor),
    copies: group(data * context, tensor),
    expert: group(expert, tensor * context),
    stagesInNode: tensor * context * data < devicesPerNode,
  };
}
