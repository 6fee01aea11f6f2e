/** All parallel plans worth a look for a model on a cluster, in a fixed order. */
import type { Cluster } from "../machines/machine.ts";
import type { Transformer } from "../models/transformer.ts";
import { microBatches, type Parallel, stageLayers, type TrainingJob } from "../training/job.ts";

/** What a candidate changes in the job. */
export type Candidate = Pick<TrainingJob, "parallel" | "microBatch" | "recompute">;

const MICRO_BATCHES = [1, 2, 4, 8];
const RECOMPUTE = ["none", "selective", "full"] as const;

function divisors(n: number, most: number = n): number[] {
  const found: number[] = [];
  for (let i = 1; i <= Math.min(n, most); i++) if (n % i === 0) found.push(i);
  return found;
}

/** Plans in which devices, heads, layers, experts and batch divide. Tensor groups stay in a node. */
export function* candidates(model: Transformer, cluster: Cluster, job: TrainingJob): Generator<Candidate> {
  const devices = cluster.nodes * cluster.devicesPerNode;
  const layers = model.layers + model.encoderLayers;
  for (const tensor of divisors(model.heads, cluster.devicesPerNode)) {
    for (const pipeline of divisors(devices, layers)) {
      for (const context of contexts(job.sequence)) {
        if (devices % (tensor * pipeline * context) !== 0) continue;
        const data = devices / (tensor * pipeline * context);
        if (job.batch % data !== 0) continue;
        for (const expert of experts(model, data)) {
          yield* schedules(layers, job, { ...job.parallel, data, tensor, pipeline, context, expert, sequence: true });
        }
      }
    }
  }
}

/** Cutting sequences pays for long ones only. */
function contexts(sequence: number): number[] {
  return [1, 2, 4, 8, 16].filter((parts) => parts === 1 || (sequence % parts === 0 && sequence / parts >= 4096));
}

function experts({ experts }: Transformer, data: number): number[] {
  return experts === null ? [1] : divisors(experts.count).filter((parts) => data % parts === 0);
}

function* schedules(layers: number, job: TrainingJob, cut: Parallel): Generator<Candidate> {
  const perStage = stageLayers(layers, cut);
  for (const microBatch of MICRO_BATCHES) {
    const m = microBatches({ ...job, microBatch, parallel: cut });
    if (!Number.isInteger(m)) continue;
    const interleaves = cut.pipeline > 1 && m % cut.pipeline === 0 && perStage > 1;
    const chunks = interleaves ? [1, ...new Set([2, perStage].filter((n) => perStage % n === 0))] : [1];
    for (const count of chunks) {
      const schedule = count > 1 ? "interleaved" : "1f1b";
      for (const zero of zeroStages(cut)) {
        for (const recompute of RECOMPUTE) {
          if (recompute === "selective" && job.attention === "flash") continue;
          yield { microBatch, recompute, parallel: { ...cut, zero, schedule, chunks: count } };
        }
      }
    }
  }
}

/** Gathering weights for every micro-batch of a pipeline is never worth it. */
function zeroStages({ data, context, pipeline }: Parallel): number[] {
  if (data * context === 1) return [0];
  return pipeline > 1 ? [0, 1, 2] : [0, 1, 2, 3];
}
