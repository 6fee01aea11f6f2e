/**
 * Published models by name, each with its source. Their parameter counts are compared with independent implementations
 * in `golden/planner/parameters.json`.
 */
import { didYouMean, OptionError } from "@skein-ml/core";
import type { LayeredModel } from "./layered.ts";
import type { Model } from "./model.ts";
import { resnet50 } from "./resnet.ts";
import { type Transformer, type TransformerOptions, transformer } from "./transformer.ts";

const llama = { gated: true, biases: false, norm: "rms", tied: false } as const;

const llama2 = {
  ...llama,
  vocabulary: 32_000,
  context: 4096,
  source: "Touvron et al. 2023 (Llama 2); published config.json",
};

const llama3 = {
  ...llama,
  vocabulary: 128_256,
  context: 8192,
  keyValueHeads: 8,
  source: "Grattafiori et al. 2024 (Llama 3), table 3; vocabulary of the published config.json",
};

const gpt3 = { vocabulary: 50_257, context: 2048, positions: 2048, source: "Brown et al. 2020, table 2.1" };

const megatron = {
  vocabulary: 51_200,
  context: 2048,
  positions: 2048,
  dropout: true,
  source: "Narayanan et al. 2021 (Megatron-LM), table 1",
};

const bert = {
  architecture: "encoder",
  vocabulary: 30_522,
  context: 512,
  positions: 512,
  tokenTypes: 2,
  embeddingNorm: true,
  finalNorm: false,
  pooler: true,
  dropout: true,
  source: "Devlin et al. 2019, section 3; vocabulary of the released uncased models",
} as const;

const t5 = {
  architecture: "encoder-decoder",
  vocabulary: 32_128,
  context: 512,
  relativeBuckets: 32,
  biases: false,
  norm: "rms",
  dropout: true,
  source: "Raffel et al. 2020, section 3.7; vocabulary and buckets of the released models",
} as const;

const mixtral = { ...llama, vocabulary: 32_000, keyValueHeads: 8 };

const transformers = {
  "gpt-2": {
    layers: 12,
    hidden: 768,
    heads: 12,
    vocabulary: 50_257,
    context: 1024,
    positions: 1024,
    source: "Radford et al. 2019, table 2",
  },
  "gpt-3-125m": { ...gpt3, layers: 12, hidden: 768, heads: 12 },
  "gpt-3-1.3b": {
    ...gpt3,
    layers: 24,
    hidden: 2048,
    heads: 16,
    source: "Brown et al. 2020, table 2.1 (24 heads of 128 there, which do not fill 2048)",
  },
  "gpt-3-6.7b": { ...gpt3, layers: 32, hidden: 4096, heads: 32 },
  "gpt-3-175b": { ...gpt3, layers: 96, hidden: 12_288, heads: 96 },
  "megatron-1.7b": { ...megatron, layers: 24, hidden: 2304, heads: 24 },
  "megatron-3.6b": { ...megatron, layers: 30, hidden: 3072, heads: 32 },
  "megatron-7.5b": { ...megatron, layers: 36, hidden: 4096, heads: 32 },
  "megatron-18b": { ...megatron, layers: 40, hidden: 6144, heads: 48 },
  "megatron-22b": { ...megatron, layers: 48, hidden: 6144, heads: 64, source: "Korthikanti et al. 2022, table 3" },
  "megatron-39b": { ...megatron, layers: 48, hidden: 8192, heads: 64 },
  "megatron-76b": { ...megatron, layers: 60, hidden: 10_240, heads: 80 },
  "megatron-145b": { ...megatron, layers: 80, hidden: 12_288, heads: 96 },
  "megatron-175b": { ...megatron, layers: 96, hidden: 12_288, heads: 96, source: "Korthikanti et al. 2022, table 3" },
  "megatron-310b": { ...megatron, layers: 96, hidden: 16_384, heads: 128 },
  "megatron-530b": { ...megatron, layers: 105, hidden: 20_480, heads: 128 },
  "megatron-1t": { ...megatron, layers: 128, hidden: 25_600, heads: 160 },
  "opt-175b": {
    ...gpt3,
    layers: 96,
    hidden: 12_288,
    heads: 96,
    vocabulary: 50_272,
    dropout: true,
    source: "Zhang et al. 2022 (OPT), table 1",
  },
  "bloom-176b": {
    layers: 70,
    hidden: 14_336,
    heads: 112,
    vocabulary: 250_880,
    context: 2048,
    embeddingNorm: true,
    source: "Scao et al. 2022 (BLOOM), table 3",
  },
  "llama-2-7b": { ...llama2, layers: 32, hidden: 4096, heads: 32, feedForward: 11_008 },
  "llama-2-13b": { ...llama2, layers: 40, hidden: 5120, heads: 40, feedForward: 13_824 },
  "llama-2-70b": { ...llama2, layers: 80, hidden: 8192, heads: 64, keyValueHeads: 8, feedForward: 28_672 },
  "llama-3-8b": { ...llama3, layers: 32, hidden: 4096, heads: 32, feedForward: 14_336 },
  "llama-3-70b": { ...llama3, layers: 80, hidden: 8192, heads: 64, feedForward: 28_672 },
  "llama-3-405b": { ...llama3, layers: 126, hidden: 16_384, heads: 128, feedForward: 53_248 },
  "mixtral-8x7b": {
    ...mixtral,
    layers: 32,
    hidden: 4096,
    heads: 32,
    feedForward: 14_336,
    context: 32_768,
    experts: { count: 8, active: 2, width: 14_336, shared: 0, denseLayers: 0 },
    source: "Jiang et al. 2024, table 1",
  },
  "mixtral-8x22b": {
    ...mixtral,
    layers: 56,
    hidden: 6144,
    heads: 48,
    feedForward: 16_384,
    vocabulary: 32_768,
    context: 65_536,
    experts: { count: 8, active: 2, width: 16_384, shared: 0, denseLayers: 0 },
    source: "published config.json of Mixtral-8x22B-v0.3",
  },
  "deepseek-v3": {
    ...llama,
    layers: 61,
    hidden: 7168,
    heads: 128,
    feedForward: 18_432,
    vocabulary: 129_280,
    context: 4096,
    experts: { count: 256, active: 8, width: 2048, shared: 1, denseLayers: 3 },
    latent: { queryRank: 1536, keyValueRank: 512, plainSize: 128, rotarySize: 64, valueSize: 128 },
    source:
      "DeepSeek-AI 2024 (DeepSeek-V3), section 4.2, without the multi-token prediction module; vocabulary of config.json",
  },
  "bert-base": { ...bert, layers: 12, hidden: 768, heads: 12 },
  "bert-large": { ...bert, layers: 24, hidden: 1024, heads: 16 },
  "t5-small": { ...t5, layers: 6, encoderLayers: 6, hidden: 512, heads: 8, feedForward: 2048 },
  "t5-base": { ...t5, layers: 12, encoderLayers: 12, hidden: 768, heads: 12, feedForward: 3072 },
  "t5-large": { ...t5, layers: 24, encoderLayers: 24, hidden: 1024, heads: 16, feedForward: 4096 },
  "t5-3b": { ...t5, layers: 24, encoderLayers: 24, hidden: 1024, heads: 32, headSize: 128, feedForward: 16_384 },
  "t5-11b": { ...t5, layers: 24, encoderLayers: 24, hidden: 1024, heads: 128, headSize: 128, feedForward: 65_536 },
} as const satisfies Record<string, TransformerOptions>;

/** Names that `modelPreset` knows. */
export const modelNames: readonly string[] = [...Object.keys(transformers), "resnet-50"];

/**
 * A published model.
 *
 * @throws OptionError for a name it does not know, with the nearest one it does
 * @example countParameters(modelPreset("llama-3-8b")).total.value // => 8030261248
 */
export function modelPreset(name: string): Model {
  if (name === "resnet-50") return resnet50() satisfies LayeredModel;
  return transformerPreset(name);
}

/** A published transformer. @throws OptionError for a name it does not know */
export function transformerPreset(name: string): Transformer {
  if (Object.hasOwn(transformers, name)) {
    return transformer({ name, ...transformers[name as keyof typeof transformers] });
  }
  const repair = didYouMean(name, modelNames);
  throw new OptionError("modelPreset", `there is no model ${JSON.stringify(name)}`, {}, repair);
}
