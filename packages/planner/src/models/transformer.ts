/**
 * Transformers as a few numbers: decoders (GPT, Llama), encoders (BERT), both (T5); dense or with experts; grouped or latent
 * attention; plain or gated feed-forward layers. Counting is in `transformer-parameters.ts`, work in `training/flops.ts`.
 */
import { check, OptionError, type OptionSchema, resolveOptions } from "@skein-ml/core";

/** A mixture of experts in place of the feed-forward layer. */
export interface Experts {
  /** Experts that a router chooses from. */
  readonly count: number;
  /** Experts that each token passes. */
  readonly active: number;
  /** Inner width of one expert. */
  readonly width: number;
  /** Experts that every token passes besides. */
  readonly shared: number;
  /** First layers that stay dense. */
  readonly denseLayers: number;
}

/** Multi-head latent attention: keys and values through a narrow bottleneck. */
export interface LatentAttention {
  readonly queryRank: number;
  readonly keyValueRank: number;
  /** Size of a head's part without positions, and of the rotary part that all heads share. */
  readonly plainSize: number;
  readonly rotarySize: number;
  readonly valueSize: number;
}

/** A transformer. Make one with `transformer({ ... })`, which fills in and checks. */
export interface Transformer {
  readonly kind: "transformer";
  readonly name: string;
  readonly source: string;
  readonly architecture: "decoder" | "encoder" | "encoder-decoder";
  /** Layers; of an encoder-decoder, the decoder's. */
  readonly layers: number;
  readonly encoderLayers: number;
  /** Width of the residual stream. */
  readonly hidden: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  /** Inner width of the feed-forward layer. */
  readonly feedForward: number;
  readonly gated: boolean;
  readonly vocabulary: number;
  /** Tokens in a sequence. */
  readonly context: number;
  /** Learned position vectors; 0 for rotary and relative positions. */
  readonly positions: number;
  readonly tokenTypes: number;
  /** Learned relative-position buckets of each stack's first layer. */
  readonly relativeBuckets: number;
  readonly tied: boolean;
  /** Whether linear layers have biases. */
  readonly biases: boolean;
  readonly norm: "layer" | "rms";
  readonly embeddingNorm: boolean;
  readonly finalNorm: boolean;
  /** A dense layer on the first position, as in BERT. */
  readonly pooler: boolean;
  /** Whether it trains with dropout, whose masks take memory. */
  readonly dropout: boolean;
  readonly experts: Experts | null;
  readonly latent: LatentAttention | null;
}

type Required = "layers" | "hidden" | "heads" | "vocabulary" | "context";

/** What `transformer` takes: five numbers, and what differs from a GPT. */
export type TransformerOptions = Pick<Transformer, Required> & Partial<Omit<Transformer, Required | "kind">>;

const count = check.integer({ min: 1 });
/** 0 stands for "as in GPT". */
const countOrUsual = check.integer({ min: 0, default: 0 });

const expertsSchema: OptionSchema<Experts> = {
  count,
  active: count,
  width: count,
  shared: check.integer({ min: 0 }),
  denseLayers: check.integer({ min: 0 }),
};

const latentSchema: OptionSchema<LatentAttention> = {
  queryRank: count,
  keyValueRank: count,
  plainSize: count,
  rotarySize: count,
  valueSize: count,
};

const schema: OptionSchema<Omit<Transformer, "kind">> = {
  name: check.string({ default: "transformer" }),
  source: check.string({ default: "given by the caller" }),
  architecture: check.oneOf(["decoder", "encoder", "encoder-decoder"], { default: "decoder" }),
  layers: count,
  encoderLayers: check.integer({ min: 0, default: 0 }),
  hidden: count,
  heads: count,
  keyValueHeads: countOrUsual,
  headSize: countOrUsual,
  feedForward: countOrUsual,
  gated: check.boolean({ default: false }),
  vocabulary: count,
  context: count,
  positions: check.integer({ min: 0, default: 0 }),
  tokenTypes: check.integer({ min: 0, default: 0 }),
  relativeBuckets: check.integer({ min: 0, default: 0 }),
  tied: check.boolean({ default: true }),
  biases: check.boolean({ default: true }),
  norm: check.oneOf(["layer", "rms"], { default: "layer" }),
  embeddingNorm: check.boolean({ default: false }),
  finalNorm: check.boolean({ default: true }),
  pooler: check.boolean({ default: false }),
  dropout: check.boolean({ default: false }),
  experts: check.nullable(check.object(expertsSchema), { default: null }),
  latent: check.nullable(check.object(latentSchema), { default: null }),
};

/**
 * A transformer from its sizes. What is not given is as in GPT: a decoder with biases, layer norms, tied embeddings, a
 * feed-forward layer four times as wide, as many key-value heads as heads, of `hidden / heads` each.
 *
 * @throws OptionError if a size is missing or wrong, or sizes don't fit together
 * @example
 * const model = transformer({ layers: 12, hidden: 768, heads: 12, vocabulary: 50_257, context: 1024, positions: 1024 });
 * countParameters(model).total.value // => 124439808
 */
export function transformer(options: TransformerOptions): Transformer {
  const call = "transformer";
  const given = resolveOptions(call, schema, options);
  const { hidden, heads } = given;
  if (given.headSize === 0 && hidden % heads !== 0) {
    const near = nearestDivisor(hidden, heads);
    throw new OptionError(
      call,
      "hidden is not a multiple of heads",
      { hidden, heads },
      `Pass heads: ${near}, or headSize.`,
    );
  }
  const keyValueHeads = given.keyValueHeads || heads;
  if (heads % keyValueHeads !== 0) {
    const near = nearestDivisor(heads, keyValueHeads);
    throw new OptionError(
      call,
      "keyValueHeads does not divide heads",
      { heads, keyValueHeads },
      `The nearest is ${near}.`,
    );
  }
  checkExperts(given);
  return Object.freeze({
    ...given,
    kind: "transformer" as const,
    keyValueHeads,
    headSize: given.headSize || hidden / heads,
    feedForward: given.feedForward || 4 * hidden,
  });
}

function checkExperts({ experts, layers, architecture, encoderLayers }: Omit<Transformer, "kind">): void {
  if (experts !== null && experts.active > experts.count) {
    const { active, count } = experts;
    throw new OptionError("transformer", "more experts are active than there are", { active, count }, "Pass fewer.");
  }
  if (experts !== null && experts.denseLayers > layers) {
    throw new OptionError("transformer", "more dense layers than layers", { dense: experts.denseLayers, layers });
  }
  if ((architecture === "encoder-decoder") !== encoderLayers > 0) {
    const repair = 'Pass architecture "encoder-decoder" together with encoderLayers, or neither.';
    throw new OptionError(
      "transformer",
      "encoderLayers go with an encoder-decoder",
      { architecture, encoderLayers },
      repair,
    );
  }
}

/** The divisor of `whole` nearest to `wanted`. */
export function nearestDivisor(whole: number, wanted: number): number {
  for (let away = 0; away < whole; away++) {
    if (wanted - away > 0 && whole % (wanted - away) === 0) return wanted - away;
    if (whole % (wanted + away) === 0) return wanted + away;
  }
  return 1;
}
