/** The best parallel plan for a model on a cluster: every candidate is held against memory, then timed. Nothing is random. */
import { InfeasibleError } from "../infeasible-error.ts";
import type { Cluster } from "../machines/machine.ts";
import type { Model } from "../models/model.ts";
import type { Transformer } from "../models/transformer.ts";
import { type TrainingJob, type TrainingOptions, type TrainingSetup, trainingSetup } from "../training/job.ts";
import { trainingMemory } from "../training/memory.ts";
import { stepTime } from "../training/step-time.ts";
import { formatGibibytes } from "../units.ts";
import { type Candidate, candidates } from "./candidates.ts";

/** One feasible plan. */
export interface RankedPlan extends Candidate {
  /** Seconds of a step. */
  readonly step: number;
  readonly utilization: number;
  /** Bytes of the fullest device, margin included. */
  readonly memory: number;
}

/** A family of plans none of which is feasible, and why its best one is not. */
export interface RejectedFamily {
  /** Such as "tensor + pipeline, ZeRO 1". */
  readonly family: string;
  readonly reason: string;
  readonly tried: number;
}

export interface SearchResult {
  /** Feasible plans, fastest first. */
  readonly ranked: readonly RankedPlan[];
  readonly rejected: readonly RejectedFamily[];
  /** Candidates looked at. */
  readonly tried: number;
}

/** The best and the rest. */
export interface SearchLimits {
  /** Plans in the ranking. Default 10 */
  readonly keep?: number;
  /** Dollars that the run may cost; needs `tokens` and a price. Default: any */
  readonly budget?: number;
}

/** What the search remembers of a family. */
interface Family {
  tried: number;
  feasible: number;
  leastMemory: number;
  leastCost: number;
}

/**
 * Rank the plans for a job on a cluster. Where times are equal the simpler plan comes first: the order of candidates goes
 * from few cuts to many.
 *
 * @throws OptionError for an unknown or wrong option
 */
export function searchPlans(
  model: Transformer,
  cluster: Cluster,
  options: TrainingOptions,
  limits: SearchLimits = {},
): SearchResult {
  const { keep = 10, budget = Number.POSITIVE_INFINITY } = limits;
  const base = baseJob(model, cluster, options);
  const families = new Map<string, Family>();
  let ranked: RankedPlan[] = [];
  let tried = 0;
  for (const candidate of candidates(model, cluster, base)) {
    tried++;
    const setup = { model, cluster, job: { ...base, ...candidate } };
    const family = familyOf(families, candidate);
    const memory = trainingMemory(setup);
    family.leastMemory = Math.min(family.leastMemory, memory.total.value);
    if (!memory.fits) continue;
    const plan = timed(setup, candidate, memory.total.value);
    const cost = costOf(setup, plan.step);
    family.leastCost = Math.min(family.leastCost, cost);
    if (cost > budget) continue;
    family.feasible++;
    ranked.push(plan);
    if (ranked.length > 50 * keep) ranked = best(ranked, keep);
  }
  return { ranked: best(ranked, keep), rejected: rejections(families, cluster), tried };
}

/**
 * The fastest plan, as a setup.
 *
 * @throws InfeasibleError if none fits, with the number of nodes at which one does
 */
export function bestSetup(
  model: Model,
  cluster: Cluster,
  options: TrainingOptions,
  limits: SearchLimits = {},
): TrainingSetup {
  if (model.kind === "layered") return trainingSetup(model, cluster, options);
  const { ranked, rejected, tried } = searchPlans(model, cluster, options, { ...limits, keep: 1 });
  const found = ranked[0];
  if (found !== undefined) {
    const { microBatch, recompute, parallel } = found;
    return trainingSetup(model, cluster, { ...options, microBatch, recompute, parallel });
  }
  const nodes = nodesThatFit(model, cluster, options, limits);
  const details = { nodes: cluster.nodes, tried, ...(nodes > 0 && { change: { nodes } }) };
  const why = rejected[0] === undefined ? "" : `; the nearest, ${rejected[0].family}: ${rejected[0].reason}`;
  const more =
    nodes > 0 ? `With ${nodes} such nodes there is one.` : "Change the batch so that more devices divide it.";
  throw new InfeasibleError("plan", `no plan for ${model.name} on ${cluster.name} is feasible${why}`, details, more);
}

/** The job with a plan that any cluster can hold, to be overwritten by candidates. */
function baseJob(model: Transformer, cluster: Cluster, options: TrainingOptions): TrainingJob {
  const one = { ...cluster, nodes: 1, devicesPerNode: 1 };
  const { parallel: _, microBatch: __, ...rest } = options;
  return trainingSetup(model, one, rest).job;
}

function timed(setup: TrainingSetup, candidate: Candidate, memory: number): RankedPlan {
  const { total, utilization } = stepTime(setup);
  return { ...candidate, step: total.value, utilization: utilization.value, memory };
}

function costOf({ cluster, job }: TrainingSetup, step: number): number {
  const steps = job.tokens / (job.batch * job.sequence);
  const devices = cluster.nodes * cluster.devicesPerNode;
  return (steps * step * devices * (cluster.accelerator.price?.hour ?? 0)) / 3600;
}

function best(plans: RankedPlan[], keep: number): RankedPlan[] {
  return plans.sort((a, b) => a.step - b.step || a.memory - b.memory).slice(0, keep);
}

function familyOf(families: Map<string, Family>, { parallel }: Candidate): Family {
  const cuts = (["tensor", "pipeline", "context", "expert"] as const).filter((name) => parallel[name] > 1);
  const name = `${cuts.length > 0 ? cuts.join(" + ") : "data only"}, ZeRO ${parallel.zero}`;
  const known = families.get(name);
  if (known !== undefined) {
    known.tried++;
    return known;
  }
  const made = { tried: 1, feasible: 0, leastMemory: Number.POSITIVE_INFINITY, leastCost: Number.POSITIVE_INFINITY };
  families.set(name, made);
  return made;
}

function rejections(families: ReadonlyMap<string, Family>, { accelerator }: Cluster): RejectedFamily[] {
  return [...families]
    .filter(([, { feasible }]) => feasible === 0)
    .sort(([, a], [, b]) => a.leastMemory - b.leastMemory)
    .map(([family, { tried, leastMemory, leastCost }]) => {
      const memory = `needs ${formatGibibytes(leastMemory)} at least, the device has ${formatGibibytes(accelerator.memory)}`;
      const reason = leastMemory > accelerator.memory ? memory : `costs $ ${Math.round(leastCost)} at least`;
      return { family, reason, tried };
    });
}

/** Nodes, doubled until a plan is feasible; 0 if 1,024 times as many are not enough. */
function nodesThatFit(model: Transformer, cluster: Cluster, options: TrainingOptions, limits: SearchLimits): number {
  for (let nodes = 2 * cluster.nodes; nodes <= 1024 * cluster.nodes; nodes *= 2) {
    const { ranked } = searchPlans(model, { ...cluster, nodes }, options, { ...limits, keep: 1 });
    if (ranked.length > 0) return nodes;
  }
  return 0;
}
