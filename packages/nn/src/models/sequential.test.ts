import { hostDevice, RandomStream } from "@skein-ml/core";
import { expect, test } from "vitest";
import { Dense } from "../layers/dense.ts";
import { Adam } from "../optimizers/adam.ts";
import { Sequential } from "./sequential.ts";

function blobs(n: number): { X: number[][]; y: number[] } {
  const random = new RandomStream(5);
  const y = Array.from({ length: n }, (_, i) => i % 3);
  const X = y.map((k) => [random.normal() + 3 * k, random.normal() - 2 * k, random.normal()]);
  return { X, y };
}

test("a small net learns three classes", async () => {
  const { X, y } = blobs(120);
  const model = new Sequential([new Dense(8, { activation: "relu" }), new Dense(3, { activation: "softmax" })]);
  model.compile({
    optimizer: new Adam({ learningRate: 0.02 }),
    loss: "sparseCategoricalCrossentropy",
    metrics: ["accuracy"],
    seed: 1,
    device: hostDevice(),
  });
  await model.fit(X, y, { epochs: 30, batchSize: 16, validation: 0.2 });
  expect((await model.evaluate(X, y)).accuracy).toBeGreaterThan(0.9);
});
