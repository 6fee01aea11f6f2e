/**
 * Numbers that a transformer layer keeps for its backward pass, in bytes for one token on one device.
 *
 * For GPT (feed-forward four times as wide, dropout, scores kept) this is Korthikanti et al.'s `34 h + 5 a s`: `10 h` of
 * norms, layer inputs and masks, which only sequence parallelism cuts, and `24 h + 5 a s` which tensor parallelism cuts.
 *
 * @source Korthikanti et al. 2022 (Reducing Activation Recomputation), section 4, equations 1 to 6
 */
import type { Transformer } from "../models/transformer.ts";
import { expertLayers } from "../models/transformer-parameters.ts";
import type { TrainingJob } from "./job.ts";

const HALF = 2;

/** Bytes a token of one average layer, all of it kept. */
export interface LayerActivations {
  /** Cut by tensor parallelism. */
  readonly split: number;
  /** Cut only by sequence parallelism. */
  readonly whole: number;
  /** The score matrix; cut by tensor parallelism. */
  readonly scores: number;
}

/** What one layer keeps of one token, before any cut. `scores` is what "materialized" attention keeps. */
export function layerActivations(model: Transformer, sequence: number): LayerActivations {
  const { hidden: h, heads: a, dropout, latent } = model;
  const masks = dropout ? 2 * h : 0;
  const keysAndValues = latent === null ? 2 * model.keyValueHeads * model.headSize : 0;
  const queries = a * model.headSize;
  const outputs = a * (latent?.valueSize ?? model.headSize);
  const bottleneck =
    latent === null
      ? 0
      : latent.queryRank + 2 * latent.keyValueRank + a * (2 * latent.plainSize + latent.rotarySize + latent.valueSize);
  return {
    split: HALF * ((latent === null ? queries : bottleneck) + keysAndValues + outputs + feedForwardWidth(model)),
    whole: HALF * 4 * h + masks,
    scores: a * sequence * (dropout ? 5 : 2),
  };
}

/** Inner numbers of the average feed-forward layer that are kept: before and after its nonlinearity. */
function feedForwardWidth(model: Transformer): number {
  const inner = model.gated ? 3 : 2;
  const layers = model.layers + model.encoderLayers;
  const routed = expertLayers(model) / layers;
  const { experts } = model;
  const ofExperts =
    experts === null ? 0 : experts.active * model.hidden + (experts.active + experts.shared) * inner * experts.width;
  return (1 - routed) * inner * model.feedForward + routed * ofExperts;
}

/** Bytes of one token and layer on one device, after cuts: what is kept, and what exists while a layer is computed. */
export function deviceActivations(
  kept: LayerActivations,
  hidden: number,
  job: TrainingJob,
): { kept: number; working: number } {
  const { tensor, sequence } = job.parallel;
  const width = job.precision === "fp32" ? 2 : 1;
  const wholeParts = sequence ? tensor : 1;
  const base = kept.split / tensor + kept.whole / wholeParts;
  const scores = job.attention === "materialized" ? kept.scores / tensor : 0;
  if (job.recompute === "full") {
    return { kept: (width * HALF * hidden) / wholeParts, working: width * (base + scores) };
  }
  if (job.recompute === "selective") return { kept: width * base, working: width * scores };
  return { kept: width * (base + scores), working: 0 };
}
