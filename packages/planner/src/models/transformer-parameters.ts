/**
 * Parameters of a transformer, part by part; of one layer, and of the whole.
 *
 * Letters: `h` hidden, `a` heads, `k` key-value heads, `d` head size, `f` feed-forward width, `V` vocabulary. Linear
 * layers have biases where the model has them, and a layer norm has two vectors where an RMS norm has one.
 */
import type { ParameterParts } from "./model.ts";
import type { Transformer } from "./transformer.ts";

/** Attention: `h·a·d + 2 h·k·d + a·d·h`, and biases; of latent attention the two bottlenecks. */
export function attentionParameters(model: Transformer): number {
  const { hidden: h, heads: a, keyValueHeads: k, headSize: d, biases, latent } = model;
  if (latent !== null) {
    const { queryRank: q, keyValueRank: c, plainSize, rotarySize, valueSize } = latent;
    const queries = h * q + q + q * a * (plainSize + rotarySize);
    const keysAndValues = h * (c + rotarySize) + c + c * a * (plainSize + valueSize);
    return queries + keysAndValues + a * valueSize * h;
  }
  return 2 * h * a * d + 2 * h * k * d + (biases ? a * d + 2 * k * d + h : 0);
}

/** A feed-forward layer of width `f`: `2 h·f`, gated `3 h·f`, and biases. */
export function feedForwardParameters({ hidden: h, gated, biases }: Transformer, f: number): number {
  const inward = gated ? 2 : 1;
  return (inward + 1) * h * f + (biases ? inward * f + h : 0);
}

/** One norm. */
function normParameters({ hidden, norm }: Transformer): number {
  return norm === "layer" ? 2 * hidden : hidden;
}

/** What one layer of a kind holds; `experts` are those that a router chooses from. */
interface LayerParameters {
  readonly attention: number;
  /** Dense feed-forward layer, or router and shared experts. */
  readonly feedForward: number;
  readonly experts: number;
  readonly norms: number;
}

/** Parameters of one layer: dense, or with the model's experts. */
function layerParameters(model: Transformer, kind: "dense" | "experts"): LayerParameters {
  const { experts, hidden } = model;
  const attention = attentionParameters(model);
  const norms = 2 * normParameters(model);
  if (kind === "dense" || experts === null) {
    return { attention, feedForward: feedForwardParameters(model, model.feedForward), experts: 0, norms };
  }
  const one = feedForwardParameters(model, experts.width);
  return { attention, feedForward: hidden * experts.count + experts.shared * one, experts: experts.count * one, norms };
}

/** Layers with experts. */
export function expertLayers({ experts, layers }: Transformer): number {
  return experts === null ? 0 : layers - experts.denseLayers;
}

/** Numbers of parameters of all parts. */
export function transformerParameters(model: Transformer): ParameterParts {
  const dense = layerParameters(model, "dense");
  const routed = layerParameters(model, "experts");
  const withExperts = expertLayers(model);
  const denseLayers = model.layers - withExperts + model.encoderLayers;
  const cross = model.encoderLayers > 0 ? model.layers : 0;
  const norm = normParameters(model);
  const stacks = model.encoderLayers > 0 ? 2 : 1;
  return nonZero({
    "token embedding": model.vocabulary * model.hidden,
    "position and type embedding": (model.positions + model.tokenTypes) * model.hidden,
    "relative positions": stacks * model.relativeBuckets * model.heads,
    attention: (denseLayers + withExperts) * dense.attention,
    "cross attention": cross * dense.attention,
    "feed-forward": denseLayers * dense.feedForward + withExperts * routed.feedForward,
    experts: withExperts * routed.experts,
    norms:
      (denseLayers + withExperts) * dense.norms +
      (cross + (model.finalNorm ? stacks : 0) + (model.embeddingNorm ? 1 : 0)) * norm,
    pooler: model.pooler ? model.hidden ** 2 + model.hidden : 0,
    "output head": model.tied ? 0 : model.vocabulary * model.hidden,
  });
}

/** Parameters that one token passes: of the experts only the active ones. */
export function activeParameters(model: Transformer, total: number): number {
  const { experts } = model;
  if (experts === null) return total;
  const idle = (experts.count - experts.active) * feedForwardParameters(model, experts.width);
  return total - expertLayers(model) * idle;
}

function nonZero(parts: ParameterParts): ParameterParts {
  return Object.fromEntries(Object.entries(parts).filter(([, count]) => count > 0));
}
