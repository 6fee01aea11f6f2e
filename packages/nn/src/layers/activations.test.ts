import { sum, type Tensor, tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import { inputGradient } from "../testing/golden.ts";
import { type ActivationName, activate, activations } from "./activations.ts";
import { CallContext } from "./call-context.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** The definition, and the derivative of it. */
const formulas: Readonly<Partial<Record<ActivationName, readonly [(x: number) => number, (x: number) => number]>>> = {
  linear: [(x) => x, () => 1],
  relu: [(x) => Math.max(x, 0), (x) => Number(x > 0)],
  leakyRelu: [(x) => (x > 0 ? x : 0.2 * x), (x) => (x > 0 ? 1 : 0.2)],
  elu: [(x) => (x > 0 ? x : Math.exp(x) - 1), (x) => (x > 0 ? 1 : Math.exp(x))],
  silu: [(x) => x * sigmoid(x), (x) => sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x))],
  softplus: [(x) => Math.log(1 + Math.exp(x)), sigmoid],
  sigmoid: [sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
  tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
};
const points = [-3, -0.5, 0, 0.25, 2];

describe.each(Object.entries(formulas))("%s", (name, [value, derivative]) => {
  const f = activations[name as ActivationName];

  test.each(points)("at %d", (x) => {
    const found = inputGradient((input) => sum(f(input)), tensor([x], { dtype: "float64" }));
    expect(found.value).toBeCloseTo(value(x), 14);
    expect(found.gradient.item()).toBeCloseTo(derivative(x), 14);
  });

  test("NaN stays NaN, large numbers stay finite where the function is", () => {
    expect(f(tensor([Number.NaN])).item()).toBeNaN();
    expect(f(tensor([1000])).item()).toBe(value(1000) === Number.POSITIVE_INFINITY ? 1000 : Math.fround(value(1000)));
  });
});

test("gelu takes the exact normal distribution", () => {
  // x Φ(x): Φ(1) = 0.8413447460685429, Φ(-2) = 0.022750131948179209 (tables of the normal distribution)
  const y = activations.gelu(tensor([1, -2, 0], { dtype: "float64" }));
  expect(y.data[0]).toBeCloseTo(0.8413447460685429, 14);
  expect(y.data[1]).toBeCloseTo(-2 * 0.022750131948179209, 14);
  expect(y.data[2]).toBe(0);
});

test("softmax sums to one, and remembers its logits", () => {
  const context = new CallContext({ training: false, dtype: "float32" });
  const x = tensor([[1, 2, 3]]);
  const y: Tensor = activate("softmax", x, context);
  expect(sum(y).item()).toBeCloseTo(1, 6);
  expect(context.logitsOf(y)).toEqual({ values: x, kind: "softmax" });
  expect(context.logitsOf(activate("tanh", x, context))).toBeUndefined();
});
