/** Weights and key-value cache: what a replica must hold, and how many requests that leaves room for. */
import { type Figure, figure } from "../figure.ts";
import { countParameters } from "../models/count.ts";
import type { Transformer } from "../models/transformer.ts";
import type { ServingJob } from "./job.ts";

/**
 * Bytes of keys and values of one token, in all layers: `2 · layers · keyValueHeads · headSize · bits / 8`; of latent
 * attention `layers · (keyValueRank + rotarySize) · bits / 8`.
 *
 * @source Shazeer 2019; Ainslie et al. 2023 (grouped); DeepSeek-AI 2024 (latent)
 */
export function cacheBytesPerToken(model: Transformer, bits: number): Figure {
  const { layers, keyValueHeads, headSize, latent } = model;
  const width = latent === null ? 2 * keyValueHeads * headSize : latent.keyValueRank + latent.rotarySize;
  return figure((layers * width * bits) / 8, "B", {
    formula: "layers · width · bits / 8",
    source: "Ainslie et al. 2023; latent attention: DeepSeek-AI 2024 (V2), section 2.1",
    inputs: { layers, width, bits },
  });
}

/** Bytes of all weights at a number of bits each. */
export function weightBytes(model: Transformer, bits: number): Figure {
  const N = countParameters(model).total.value;
  return figure((N * bits) / 8, "B", { formula: "N · bits / 8", source: model.source, inputs: { N, bits } });
}

/** Requests of `prompt + answer` tokens whose cache fits beside the weights. */
export function requestsThatFit(model: Transformer, job: ServingJob, memory: number): Figure {
  const token = cacheBytesPerToken(model, job.cacheBits).value;
  const weights = weightBytes(model, job.weightBits).value;
  const room = memory * (1 - job.margin) - weights;
  const request = token * (job.prompt + job.answer);
  return figure(Math.max(0, Math.floor(room / request)), "", {
    formula: "(memory · (1 - margin) - weights) / (token · (prompt + answer))",
    source: "arithmetic",
    inputs: { memory, margin: job.margin, weights, token, prompt: job.prompt, answer: job.answer },
  });
}
