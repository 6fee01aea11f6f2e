/** What a model needs of network, compute, memory and storage, with the formula and source of every number: docs/planner.md. */
export {
  type Availability,
  type AvailabilityOptions,
  availability,
  dalyInterval,
  goodput,
  meanTimeBetweenFailures,
  youngInterval,
} from "./availability/goodput.ts";
export { type Derivation, explain, type Figure, figure, type Unit } from "./figure.ts";
export { InfeasibleError } from "./infeasible-error.ts";
export { acceleratorNames, acceleratorPreset } from "./machines/accelerators.ts";
export { type ClusterOptions, cluster, parseCluster } from "./machines/cluster.ts";
export { linkNames, linkPreset } from "./machines/links.ts";
export { type Accelerator, type Cluster, deviceCount, type Link, type Precision } from "./machines/machine.ts";
export { countParameters, type ParameterCount } from "./models/count.ts";
export { modelFromNet, type NetLike } from "./models/from-net.ts";
export {
  type Convolution,
  type ConvolutionalOptions,
  convolutionalModel,
  denseModel,
  type LayeredModel,
  type LayerWork,
  type RecurrentOptions,
  recurrentModel,
} from "./models/layered.ts";
export type { Model, ParameterParts } from "./models/model.ts";
export { modelNames, modelPreset, transformerPreset } from "./models/presets.ts";
export { resnet50 } from "./models/resnet.ts";
export {
  type Experts,
  type LatentAttention,
  type Transformer,
  type TransformerOptions,
  transformer,
} from "./models/transformer.ts";
export {
  communicationShare,
  type NetworkCase,
  neededLatency,
  neededRate,
  networkSweep,
} from "./network/requirements.ts";
export { plan, type ServedPlan, type ServingRequest, type TrainingPlan, type TrainingRequest } from "./plan.ts";
export type { Candidate } from "./search/candidates.ts";
export {
  bestSetup,
  type RankedPlan,
  type RejectedFamily,
  type SearchLimits,
  type SearchResult,
  searchPlans,
} from "./search/search.ts";
export { type Purchase, sensitivity } from "./search/sensitivity.ts";
export { cacheBytesPerToken, requestsThatFit, weightBytes } from "./serving/cache.ts";
export type { ServingJob, ServingOptions } from "./serving/job.ts";
export { betweenTokens, decodeTime, prefillTime, type Replica, tokensPerStep } from "./serving/latency.ts";
export { erlangC, meanWait, type QueueLoad, serversFor } from "./serving/queueing.ts";
export { type ServingPlan, servingPlan } from "./serving/serve.ts";
export { type StorageNeeds, type StorageOptions, storageNeeds } from "./storage/storage.ts";
export { deviceActivations, type LayerActivations, layerActivations } from "./training/activations.ts";
export {
  allReduceTime,
  allToAllTime,
  type Channel,
  type Channels,
  channelsOf,
  exchangeTime,
  type Group,
  gatherTime,
  ringAllReduceTime,
  ringGatherTime,
  sentInAllReduce,
  sentInGather,
  treeAllReduceTime,
} from "./training/collectives.ts";
export { type Efficiencies, efficiencies } from "./training/efficiencies.ts";
export { exampleFlops, sixNd, stepFlops, type TokenFlops, tokenFlops } from "./training/flops.ts";
export {
  microBatches,
  type Parallel,
  type TrainingJob,
  type TrainingOptions,
  type TrainingSetup,
  trainingSetup,
} from "./training/job.ts";
export { bytesOfState, type StateBytes, type TrainingMemory, trainingMemory } from "./training/memory.ts";
export {
  type ComputeOptimal,
  computeOptimal,
  TOKENS_PER_PARAMETER,
  type TrainingRun,
  trainingRun,
} from "./training/run.ts";
export { matmulRate, type StepTime, stepTime } from "./training/step-time.ts";
export * from "./units.ts";
