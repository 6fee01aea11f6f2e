/**
 * Times and bytes of collective operations on groups of devices: ring, tree, two-level, all-to-all.
 *
 * Letters: `n` ranks, `S` bytes of the whole vector, `B` bytes a second of one rank's link, `L` its latency.
 *
 * @source Thakur, Rabenseifner, Gropp 2005 (Optimization of Collective Communication Operations in MPICH)
 */
import type { Cluster } from "../machines/machine.ts";
import { bytesPerSecond } from "../units.ts";
import type { Efficiencies } from "./efficiencies.ts";

/** A link as a rank gets it: bytes a second and seconds. */
export interface Channel {
  readonly rate: number;
  readonly latency: number;
}

/** Bytes one rank sends in an all-gather, a reduce-scatter or an all-to-all: `(n - 1)/n · S`. */
export function sentInGather(n: number, S: number): number {
  return ((n - 1) / n) * S;
}

/** Bytes one rank sends in a ring all-reduce, a reduce-scatter and an all-gather: `2 (n - 1)/n · S`. */
export function sentInAllReduce(n: number, S: number): number {
  return 2 * sentInGather(n, S);
}

/** Ring all-gather or reduce-scatter: `(n - 1)/n · S/B + (n - 1) L`. */
export function ringGatherTime(n: number, S: number, { rate, latency }: Channel): number {
  return sentInGather(n, S) / rate + (n - 1) * latency;
}

/** Ring all-reduce: `2 (n - 1)/n · S/B + 2 (n - 1) L`. */
export function ringAllReduceTime(n: number, S: number, channel: Channel): number {
  return 2 * ringGatherTime(n, S, channel);
}

/** Double tree all-reduce: `2 S/B + 2 log2(n) L`; for many ranks and small vectors. */
export function treeAllReduceTime(n: number, S: number, { rate, latency }: Channel): number {
  return n === 1 ? 0 : (2 * S) / rate + 2 * Math.log2(n) * latency;
}

/** All-to-all in which each rank keeps its own part: `(n - 1)/n · S/B + (n - 1) L`, `S` bytes of one rank. */
export function allToAllTime(n: number, S: number, channel: Channel): number {
  return ringGatherTime(n, S, channel);
}

/** A group of ranks: how many in all, and how many of them sit in one node. */
export interface Group {
  readonly ranks: number;
  readonly inNode: number;
}

/** Both levels of a cluster as one rank gets them. */
export interface Channels {
  readonly inside: Channel;
  readonly between: Channel;
}

/** What a device gets of the links of its cluster, with efficiencies. */
export function channelsOf(cluster: Cluster, { inside, between }: Pick<Efficiencies, "inside" | "between">): Channels {
  const { ports, devicesPerNode, oversubscription } = cluster;
  const portRate = bytesPerSecond(cluster.between.rate) / Math.max(1, oversubscription);
  return {
    inside: { rate: inside * bytesPerSecond(cluster.inside.rate), latency: cluster.inside.latency },
    between: { rate: (between * portRate * ports) / devicesPerNode, latency: cluster.between.latency },
  };
}

/**
 * All-gather or reduce-scatter over both levels: each node's ranks gather among themselves at link speed, and each rank
 * carries its share of the node's vector across the network. Rings between nodes, or trees where that is faster.
 */
export function gatherTime({ ranks, inNode }: Group, S: number, channels: Channels): number {
  const nodes = ranks / inNode;
  const here = inNode > 1 ? ringGatherTime(inNode, S, channels.inside) : 0;
  if (nodes <= 1) return here;
  const { rate, latency } = channels.between;
  const part = S / inNode;
  const ring = ringGatherTime(nodes, part, channels.between);
  const tree = part / rate + Math.log2(nodes) * latency;
  return here + Math.min(ring, tree);
}

/** All-reduce over both levels: a reduce-scatter and an all-gather. */
export function allReduceTime(group: Group, S: number, channels: Channels): number {
  return group.ranks === 1 ? 0 : 2 * gatherTime(group, S, channels);
}

/** All-to-all over both levels: what leaves the node goes over the network, at the same time as what stays. */
export function exchangeTime({ ranks, inNode }: Group, S: number, { inside, between }: Channels): number {
  if (ranks === 1) return 0;
  const away =
    (S * (ranks - inNode)) / ranks / between.rate + (ranks > inNode ? (ranks - inNode) * between.latency : 0);
  const here = (S * (inNode - 1)) / ranks / inside.rate + (inNode - 1) * inside.latency;
  return Math.max(away, here);
}
