/** Parameter counts against independent implementations, and wrong descriptions. */
import { describe, expect, it } from "vitest";
import golden from "../../../../golden/planner/parameters.json";
import { countParameters } from "./count.ts";
import { denseModel, recurrentModel } from "./layered.ts";
import { modelNames, modelPreset } from "./presets.ts";
import { transformer } from "./transformer.ts";

describe("parameters of published models, exact", () => {
  for (const [name, count] of Object.entries(golden.parameters)) {
    it(name, () => expect(countParameters(modelPreset(name)).total.value).toBe(count));
  }

  it("active ones of mixtures as their papers say", () => {
    const active = (name: string) => countParameters(modelPreset(name)).active.value / 1e9;
    expect(active("mixtral-8x7b")).toBeCloseTo(12.9, 1); // Jiang et al. 2024: 13B active
    expect(active("mixtral-8x22b")).toBeCloseTo(39.2, 1); // Mistral AI 2024: 39B active
    expect(Math.abs(active("deepseek-v3") - 37)).toBeLessThan(1); // DeepSeek-AI 2024: 37B activated
  });

  it("every preset has a source and adds up", () => {
    for (const name of modelNames) {
      const model = modelPreset(name);
      const { parts, total } = countParameters(model);
      expect(model.source.length).toBeGreaterThan(10);
      expect(Object.values(parts).reduce((sum, count) => sum + count, 0)).toBe(total.value);
    }
  });
});

describe("layered models", () => {
  it("LSTM and GRU as in PyTorch", () => {
    const sizes = { vocabulary: 1000, embedding: 64, hidden: 128, layers: 2, context: 20, twoBiases: true };
    // nn.LSTM(64, 128, 2): 4·(64·128 + 128² + 2·128) + 4·(2·128² + 2·128); nn.Embedding(1000, 64); nn.Linear(128, 1000)
    const outside = 64_000 + 129_000;
    expect(countParameters(recurrentModel({ cell: "lstm", ...sizes })).total.value).toBe(231_424 + outside);
    expect(countParameters(recurrentModel({ cell: "gru", ...sizes })).total.value).toBe(173_568 + outside);
  });

  it("dense", () => expect(countParameters(denseModel([784, 128, 10])).total.value).toBe(101_770));
});

describe("wrong descriptions", () => {
  const sizes = { layers: 2, hidden: 64, heads: 4, vocabulary: 100, context: 16 };
  it.each([
    [{ ...sizes, heads: 5 }, /hidden is not a multiple of heads.*Pass heads: 4/],
    [{ ...sizes, keyValueHeads: 3 }, /keyValueHeads does not divide heads.*nearest is 2/],
    [{ ...sizes, layers: 0 }, /layers/],
    [{ ...sizes, hiden: 3 }, /unknown option "hiden".*hidden/],
    [{ ...sizes, encoderLayers: 2 }, /encoderLayers go with an encoder-decoder/],
    [{ ...sizes, experts: { count: 2, active: 3, width: 4, shared: 0, denseLayers: 0 } }, /more experts are active/],
  ])("%o", (options, message) => expect(() => transformer(options)).toThrow(message));

  it("unknown names come with the nearest", () => {
    expect(() => modelPreset("lama-3-70b")).toThrow(/Did you mean llama-3-70b/);
  });
});
