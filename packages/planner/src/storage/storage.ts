/** Storage of a training run: checkpoints, optimizer state, the data set, logs, and the rates they are read and written at. */
import { type Figure, figure } from "../figure.ts";
import { countParameters } from "../models/count.ts";
import type { TrainingSetup } from "../training/job.ts";
import { bytesOfState } from "../training/memory.ts";

export interface StorageOptions {
  /** Checkpoints kept at a time. Default 3 */
  readonly kept?: number;
  /** Bytes of a stored token. Default: 2 for vocabularies up to 65,536, else 4 */
  readonly tokenBytes?: number;
  /** Bytes a second that all nodes together can write. Default: 2 GB/s a node */
  readonly writeRate?: number;
  /** Bytes logged in a step by each device. Default 1,000 */
  readonly logBytes?: number;
}

export interface StorageNeeds {
  /** Weights alone, as they are published. */
  readonly weights: Figure;
  readonly optimizerState: Figure;
  readonly checkpoint: Figure;
  readonly checkpoints: Figure;
  readonly dataset: Figure;
  readonly readRate: Figure;
  readonly writeRate: Figure;
  readonly logs: Figure;
  readonly total: Figure;
}

const BYTES_PER_NODE = 2e9;

/** Storage that a run needs. `step` is the time of a step, `steps` their number. */
export function storageNeeds(
  setup: TrainingSetup,
  run: { readonly step: number; readonly steps: number },
  options: StorageOptions = {},
): StorageNeeds {
  const { model, cluster, job } = setup;
  const { kept = 3, writeRate = BYTES_PER_NODE * cluster.nodes, logBytes = 1000 } = options;
  const vocabulary = model.kind === "transformer" ? model.vocabulary : 0;
  const { tokenBytes = vocabulary > 65_536 ? 4 : 2 } = options;
  const N = countParameters(model).total.value;
  const state = bytesOfState(job);
  const stored = job.precision === "fp32" ? 4 : 2;
  const source = "docs/planner.md, storage";
  const weights = figure(stored * N, "B", { formula: "bytes · N", source, inputs: { bytes: stored, N } });
  const optimizerState = figure(state.optimizer * N, "B", {
    formula: "bytes · N",
    source: "Rajbhandari et al. 2020, section 3.1: master weights and two moments",
    inputs: { bytes: state.optimizer, N },
  });
  const checkpoint = figure(weights.value + optimizerState.value, "B", {
    formula: "weights + optimizer state",
    source,
    inputs: { weights: weights.value, optimizer: optimizerState.value },
  });
  const checkpoints = figure(kept * checkpoint.value, "B", { formula: "kept · checkpoint", source, inputs: { kept } });
  const tokens = job.tokens;
  const dataset = figure(tokens * tokenBytes, "B", {
    formula: "tokens · bytes",
    source,
    inputs: { tokens, bytes: tokenBytes },
  });
  const perSecond = (job.batch * job.sequence * tokenBytes) / run.step;
  const readRate = figure(perSecond, "B/s", {
    formula: "batch · sequence · bytes / step",
    source,
    inputs: { batch: job.batch, sequence: job.sequence, bytes: tokenBytes, step: run.step },
  });
  const devices = cluster.nodes * cluster.devicesPerNode;
  const logs = figure(run.steps * devices * logBytes, "B", {
    formula: "steps · devices · bytes",
    source,
    inputs: { steps: run.steps, devices, bytes: logBytes },
  });
  const written = figure(writeRate, "B/s", {
    formula: "2 GB/s · nodes, if not given",
    source,
    inputs: { nodes: cluster.nodes },
  });
  const total = figure(checkpoints.value + dataset.value + logs.value, "B", {
    formula: "checkpoints + data set + logs",
    source,
    inputs: { checkpoints: checkpoints.value, dataset: dataset.value, logs: logs.value },
  });
  return { weights, optimizerState, checkpoint, checkpoints, dataset, readRate, writeRate: written, logs, total };
}
