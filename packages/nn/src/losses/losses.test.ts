import { div, mul, OptionError, softmax, sum, type Tensor, tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import golden from "../../../../golden/nn/losses.json" with { type: "json" };
import { activate } from "../layers/activations.ts";
import { CallContext } from "../layers/call-context.ts";
import { expectClose, expectNumber, floats, fromGolden, type Golden, inputGradient } from "../testing/golden.ts";
import { resolveLoss } from "./by-name.ts";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  crossEntropy,
  sparseCategoricalCrossentropy,
} from "./cross-entropy.ts";
import type { Loss } from "./loss.ts";
import { halfMeanSquaredError, huber, meanAbsoluteError, meanSquaredError } from "./regression.ts";

type Options = { delta?: number; labelSmoothing?: number };

/** Which of our losses a golden case is; for some there are two. */
const makers: Record<string, (options: Options) => Loss[]> = {
  crossEntropy: (options) => [
    crossEntropy(options),
    ...(options.labelSmoothing ? [] : [sparseCategoricalCrossentropy({ fromLogits: true })]),
  ],
  crossEntropySoft: () => [crossEntropy(), categoricalCrossentropy({ fromLogits: true })],
  crossEntropyProbabilities: () => [sparseCategoricalCrossentropy()],
  binaryCrossEntropy: () => [binaryCrossentropy({ fromLogits: true })],
  binaryCrossEntropyProbabilities: () => [binaryCrossentropy()],
  meanSquaredError: () => [meanSquaredError()],
  meanAbsoluteError: () => [meanAbsoluteError()],
  huber: (options) => [huber(options)],
  halfMeanSquare: () => [halfMeanSquaredError()],
};

describe.each(floats)("%s", (dtype) => {
  test.each(golden.cases)("$name", ({ loss: name, options, prediction, target, weights, classWeights, ...results }) => {
    const wanted = results[dtype];
    const y = fromGolden(target as Golden, target.dtype === "int32" ? "int32" : dtype);
    const ofClass = (row: number): number => classWeights?.[target.data[row] ?? 0] ?? 1;
    const w = tensor(
      wanted.perRow.data.map((_, row) => (weights?.[row] ?? 1) * ofClass(row)),
      { dtype },
    );
    for (const loss of makers[name]?.(options as Options) ?? []) {
      const context = new CallContext({ training: false, dtype });
      const rows = (x: Tensor): Tensor => loss.rows(y, x, context);
      const x = fromGolden(prediction, dtype);
      expectClose(rows(x), wanted.perRow, dtype);
      const total = inputGradient((input) => sum(mul(rows(input), w)), x);
      expectNumber(total.value, Number(wanted.sum.value), dtype);
      expectClose(total.gradient, wanted.sum.gradient, dtype);
      const mean = inputGradient((input) => div(sum(mul(rows(input), w)), sum(w)), x);
      expectNumber(mean.value, Number(wanted.weightedMean.value), dtype);
      expectClose(mean.gradient, wanted.weightedMean.gradient, dtype);
    }
  });
});

test("after softmax the loss is that of the logits, exact where a probability is 0", () => {
  const context = new CallContext({ training: false, dtype: "float32" });
  const logits = tensor([[1000, 0, -1000]]);
  const p = activate("softmax", logits, context);
  const y = tensor([2], { dtype: "int32" });
  expect(sparseCategoricalCrossentropy().rows(y, p, context).toArray()).toEqual([2000]);
  expect(sparseCategoricalCrossentropy().rows(y, softmax(logits), context).item()).toBeCloseTo(-Math.log(1e-7), 4);
});

test("sequences: the loss of a row is the mean over its steps", () => {
  const context = new CallContext({ training: false, dtype: "float64" });
  const logits = tensor(
    [
      [
        [1, 2],
        [3, 1],
      ],
    ],
    { dtype: "float64" },
  );
  const y = tensor([[1, 0]], { dtype: "int32" });
  const [first, second] = [Math.log1p(Math.exp(-1)), Math.log1p(Math.exp(-2))];
  expect(crossEntropy().rows(y, logits, context).item()).toBeCloseTo((first + second) / 2, 12);
});

test("accuracy of rows", () => {
  const y = tensor([1, 0], { dtype: "int32" });
  const p = tensor([
    [0.2, 0.8],
    [0.3, 0.7],
  ]);
  expect(sparseCategoricalCrossentropy().hits?.(y, p).toArray()).toEqual([1, 0]);
  expect(
    categoricalCrossentropy()
      .hits?.(
        tensor([
          [0, 1],
          [1, 0],
        ]),
        p,
      )
      .toArray(),
  ).toEqual([1, 0]);
  expect(
    binaryCrossentropy()
      .hits?.(tensor([[1], [1]]), tensor([[0.6], [0.4]]))
      .toArray(),
  ).toEqual([1, 0]);
  expect(
    binaryCrossentropy({ fromLogits: true })
      .hits?.(tensor([[1], [0]]), tensor([[0.1], [-3]]))
      .toArray(),
  ).toEqual([1, 1]);
});

type LossFactory = (options?: never) => Loss;

describe("names and options", () => {
  test.each([
    ["mse", "unknown loss"],
    ["sparseCategoricalCrossEntropy", "Did you mean sparseCategoricalCrossentropy?"],
    [7, "loss must be a name, a loss or a function"],
  ])("%s is refused", (loss, message) => {
    expect(() => resolveLoss("Sequential.compile", loss)).toThrow(message);
  });

  test.each<[LossFactory, unknown, string]>([
    [huber, null, "huber: options must be a plain object, but null came"],
    [huber, { delta: 0 }, "option delta must be a number > 0"],
    [crossEntropy, null, "crossEntropy: options must be a plain object"],
    [crossEntropy, { labelSmoothing: 1 }, "option labelSmoothing must be"],
    [binaryCrossentropy, 7, "binaryCrossentropy: options must be a plain object"],
    [categoricalCrossentropy, null, "categoricalCrossentropy: options must be a plain object"],
    [sparseCategoricalCrossentropy, { fromLogits: 1 }, "option fromLogits must be"],
  ])("%o with %o", (make, options, message) => {
    expect(() => Reflect.apply(make, undefined, [options])).toThrow(OptionError);
    expect(() => Reflect.apply(make, undefined, [options])).toThrow(message);
  });
});
