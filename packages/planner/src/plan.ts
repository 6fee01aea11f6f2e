/**
 * The front door: `plan(model, cluster, job)` answers what a job takes, as plain data in which every figure carries its
 * formula, its source and what went in.
 */
import { OptionError } from "@skein-ml/core";
import { type Availability, availability } from "./availability/goodput.ts";
import type { Figure } from "./figure.ts";
import { InfeasibleError } from "./infeasible-error.ts";
import { parseCluster } from "./machines/cluster.ts";
import type { Cluster } from "./machines/machine.ts";
import { countParameters, type ParameterCount } from "./models/count.ts";
import type { Model } from "./models/model.ts";
import { modelPreset } from "./models/presets.ts";
import { communicationShare, neededLatency, neededRate } from "./network/requirements.ts";
import { bestSetup, type SearchLimits } from "./search/search.ts";
import type { ServingOptions } from "./serving/job.ts";
import { type ServingPlan, servingPlan } from "./serving/serve.ts";
import { type StorageNeeds, type StorageOptions, storageNeeds } from "./storage/storage.ts";
import { stepFlops } from "./training/flops.ts";
import { type TrainingJob, type TrainingOptions, type TrainingSetup, trainingSetup } from "./training/job.ts";
import { type TrainingMemory, trainingMemory } from "./training/memory.ts";
import { type TrainingRun, trainingRun } from "./training/run.ts";
import { type StepTime, stepTime } from "./training/step-time.ts";
import { formatGibibytes } from "./units.ts";

/** A training job. Without `parallel` the best plan is searched for. */
export type TrainingRequest = TrainingOptions & {
  readonly task: "train";
  readonly storage?: StorageOptions;
  /** Seconds from a failure until training goes on. Default 600 */
  readonly restart?: number;
  /** Dollars that the run may cost; looked at when plans are searched. */
  readonly budget?: number;
  /** Share of a step that communication may cost: asks for the network that holds it. Default: not asked */
  readonly communicationShare?: number;
};

export type ServingRequest = ServingOptions & { readonly task: "serve" };

/** What a training job takes. */
export interface TrainingPlan {
  readonly task: "train";
  readonly model: Model;
  readonly cluster: Cluster;
  readonly parameters: ParameterCount;
  /** The job with all defaults and, if it was searched for, its parallel plan. */
  readonly job: TrainingJob;
  readonly flops: Figure;
  readonly memory: TrainingMemory;
  readonly time: StepTime;
  readonly communication: Figure;
  /** Rate and latency between nodes that hold the share asked for. */
  readonly network?: { readonly rate: Figure; readonly latency: Figure };
  readonly availability: Availability;
  readonly storage: StorageNeeds;
  /** Absent without a budget of tokens. */
  readonly run?: TrainingRun;
}

export type ServedPlan = ServingPlan & {
  readonly task: "serve";
  readonly model: Model;
  readonly cluster: Cluster;
  readonly parameters: ParameterCount;
};

/**
 * What a job takes of network, compute, memory and storage.
 *
 * @param model    a preset's name, or a model
 * @param cluster  text such as "16xh100" (16 nodes of 8), or a cluster
 * @throws OptionError      for an unknown name or a wrong option
 * @throws InfeasibleError  for a plan that can't be, with the nearest change that makes it possible
 * @example
 * const { time } = plan("megatron-1t", "384xa100-80", {
 *   task: "train", batch: 3072, recompute: "full", parallel: { tensor: 8, pipeline: 64 },
 * });
 * time.total.unit // => "s"
 */
export function plan(model: string | Model, cluster: string | Cluster, job: TrainingRequest): TrainingPlan;
export function plan(model: string | Model, cluster: string | Cluster, job: ServingRequest): ServedPlan;
export function plan(
  model: string | Model,
  cluster: string | Cluster,
  job: TrainingRequest | ServingRequest,
): TrainingPlan | ServedPlan {
  const chosen = typeof model === "string" ? modelPreset(model) : model;
  const machines = typeof cluster === "string" ? parseCluster(cluster) : cluster;
  if (job?.task === "train") return planTraining(chosen, machines, job);
  if (job?.task === "serve") return planServing(chosen, machines, job);
  throw new OptionError(
    "plan",
    "the task is missing",
    { task: (job as { task?: unknown })?.task },
    'Pass task: "train" or "serve".',
  );
}

function planTraining(model: Model, cluster: Cluster, request: TrainingRequest): TrainingPlan {
  const { task, storage = {}, restart = 600, budget, communicationShare: share, ...options } = request;
  const limits: SearchLimits = budget === undefined ? {} : { budget };
  const setup =
    options.parallel === undefined
      ? bestSetup(model, cluster, options, limits)
      : trainingSetup(model, cluster, options);
  const network = share === undefined ? {} : { network: networkFor(setup, share) };
  return { task, ...describeTraining(setup, storage, restart), ...network };
}

/** All figures of a setup that is known to be consistent. */
function describeTraining(
  setup: TrainingSetup,
  storageOptions: StorageOptions,
  restart: number,
): Omit<TrainingPlan, "task"> {
  const { model, cluster, job } = setup;
  const memory = trainingMemory(setup);
  checkMemory(setup, memory);
  const time = stepTime(setup);
  const steps = Math.ceil(job.tokens / (job.batch * job.sequence));
  const storage = storageNeeds(setup, { step: time.total.value, steps }, storageOptions);
  const stops = availability(cluster, {
    checkpoint: storage.checkpoint.value,
    writeRate: storage.writeRate.value,
    restart,
  });
  return {
    model,
    cluster,
    parameters: countParameters(model),
    job,
    flops: stepFlops(model, job),
    memory,
    time,
    communication: communicationShare(time),
    availability: stops,
    storage,
    ...(job.tokens > 0 && { run: trainingRun(setup, time.total, stops.goodput.value) }),
  };
}

function networkFor(setup: TrainingSetup, share: number): NonNullable<TrainingPlan["network"]> {
  return { rate: neededRate(setup, "between", share), latency: neededLatency(setup, "between", share) };
}

/** Changes that save memory, the cheapest in time first. */
function remedies({
  parallel,
  recompute,
  microBatch,
}: TrainingJob): [Readonly<Record<string, number | string>>, Partial<TrainingJob>][] {
  const { zero } = parallel;
  const stages = [1, 2, 3].filter((stage) => stage > zero && (stage < 3 || parallel.pipeline === 1));
  return [
    ...stages.map((stage): [Record<string, number>, Partial<TrainingJob>] => [
      { zero: stage },
      { parallel: { ...parallel, zero: stage } },
    ]),
    ...(microBatch > 1
      ? ([[{ microBatch: 1 }, { microBatch: 1 }]] as [Record<string, number>, Partial<TrainingJob>][])
      : []),
    ...(recompute === "full"
      ? []
      : ([[{ recompute: "full" }, { recompute: "full" }]] as [Record<string, string>, Partial<TrainingJob>][])),
  ];
}

function checkMemory(setup: TrainingSetup, memory: TrainingMemory): void {
  if (memory.fits) return;
  const { model, cluster, job } = setup;
  let [changed, change] = [job, {}];
  for (const [words, patch] of remedies(job)) {
    [changed, change] = [
      { ...changed, ...patch, parallel: { ...changed.parallel, ...patch.parallel } },
      { ...change, ...words },
    ];
    if (!trainingMemory({ ...setup, job: changed }).fits) continue;
    const words2 = Object.entries(change).map(([name, value]) => `${name} ${value}`);
    throw notFitting(model, cluster, memory, change, `With ${words2.join(" and ")} it fits.`);
  }
  throw notFitting(
    model,
    cluster,
    memory,
    {},
    "Cut it over more devices (tensor, pipeline), or leave out `parallel` and let the search choose.",
  );
}

function notFitting(
  model: Model,
  cluster: Cluster,
  memory: TrainingMemory,
  change: Readonly<Record<string, number | string>>,
  repair: string,
): InfeasibleError {
  const [needed, capacity] = [memory.total.value, memory.capacity.value];
  const problem = `${model.name} does not fit: ${formatGibibytes(needed)} on a device of ${formatGibibytes(capacity)}`;
  return new InfeasibleError("plan", problem, { cluster: cluster.name, needed, capacity, change }, repair);
}

function planServing(model: Model, cluster: Cluster, { task, ...options }: ServingRequest): ServedPlan {
  if (model.kind === "layered") {
    throw new OptionError(
      "plan",
      `serving is planned for transformers, and ${model.name} is none`,
      {},
      "Pass a transformer.",
    );
  }
  const served = servingPlan(model, cluster, options);
  return { task, model, cluster, parameters: countParameters(model), ...served };
}
