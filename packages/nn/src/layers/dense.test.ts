import { hostDevice, mean, OptionError, type Tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import golden from "../../../../golden/nn/dense.json" with { type: "json" };
import { crossEntropy } from "../losses/cross-entropy.ts";
import { Sequential } from "../models/sequential.ts";
import { Adam } from "../optimizers/adam.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { SGD } from "../optimizers/sgd.ts";
import {
  expectClose,
  expectNumber,
  type Float,
  floats,
  fromGolden,
  type Golden,
  inputGradient,
  machines,
  transposed,
  weightGradients,
} from "../testing/golden.ts";
import { constructing } from "../testing/wrong.ts";
import { CallContext } from "./call-context.ts";
import { Dense, Linear } from "./dense.ts";

/** PyTorch's names as ours. */
function ours(parameters: Record<string, Golden>): Record<string, Golden> {
  const entries = Object.entries(parameters).map(([name, value]) => {
    const [place = "", part] = name.split(".");
    const path = `layers.${Number(place) / 2}.${part === "weight" ? "kernel" : "bias"}`;
    return [path, part === "weight" ? transposed(value) : value] as const;
  });
  return Object.fromEntries(entries);
}

async function net(dtype: Float, device = hostDevice(), optimizer: Optimizer = new SGD()): Promise<Sequential> {
  const model = new Sequential([
    new Dense(6, { activation: "relu" }),
    new Dense(4, { activation: "relu" }),
    new Linear(3),
  ]);
  model.compile({ loss: "crossEntropy", optimizer, dtype, device });
  await model.build([7]);
  const parameters = Object.entries(ours(golden.parameters));
  await model.setWeights(Object.fromEntries(parameters.map(([path, value]) => [path, fromGolden(value, dtype)])));
  return model;
}

describe.each(floats)("%s", (dtype) => {
  const wanted = golden[dtype];

  test("gradients equal PyTorch's", async () => {
    using model = await net(dtype);
    const [x, labels] = [fromGolden(golden.x, dtype), golden.labels];
    const loss = (input: Tensor, context: CallContext): Tensor =>
      mean(
        crossEntropy().rows(
          fromGolden({ shape: [5], dtype: "", data: labels }, "int32"),
          model.apply(input, context),
          context,
        ),
      );
    const byWeights = weightGradients(model, (context) => loss(x, context), dtype);
    expectNumber(byWeights.loss, wanted.loss, dtype);
    const { x: byX, ...rest } = wanted.gradients;
    for (const [path, value] of Object.entries(ours(rest))) {
      expectClose(byWeights.gradients[path] as Tensor, value, dtype);
    }
    const context = new CallContext({ training: false, dtype });
    expectClose(inputGradient((input) => loss(input, context), x).gradient, byX, dtype);
  });

  describe.each(machines)("on %s", (_name, device) => {
    test("outputs equal PyTorch's", async () => {
      using model = await net(dtype, device());
      expectClose(await model.predict(fromGolden(golden.x, "float64")), wanted.logits, dtype);
    });

    test.each([
      ["SGD with momentum", () => new SGD({ learningRate: 0.1, momentum: 0.9 }), wanted.sgd],
      ["Adam, epsilon 1e-8", () => new Adam({ epsilon: 1e-8 }), wanted.adam["1e-8"]],
      ["Adam, epsilon 1e-7", () => new Adam(), wanted.adam["1e-7"]],
    ] as const)("steps of %s equal PyTorch's", async (_optimizer, make, steps) => {
      using model = await net(dtype, device(), make());
      for (const step of steps) {
        await model.fit(fromGolden(golden.x, "float64"), golden.labels, { batchSize: 5, shuffle: false });
        expectNumber(model.history.loss.at(-1), step.loss, dtype);
        const weights = await model.getWeights();
        for (const [path, value] of Object.entries(ours(step.parameters))) {
          expectClose(weights[path] as Tensor, value, dtype);
        }
      }
    });
  });
});

test("options are checked", () => {
  expect(() => new Dense(0)).toThrow(OptionError);
  expect(constructing(Dense, "64")).toThrow("option units must be an integer >= 1");
  expect(constructing(Dense, 3, { activation: "rleu" })).toThrow("option activation must be one of");
  expect(constructing(Dense, 3, { units: 5 })).toThrow('unknown option "units"');
  expect(constructing(Dense, 3, "relu")).toThrow("options must be a plain object");
  expect(constructing(Dense, 3, { actvation: "relu" })).toThrow("Did you mean activation?");
});
