import { mean, ones, randomKey, sum, type Tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import { inputGradient } from "../testing/golden.ts";
import { constructing } from "../testing/wrong.ts";
import { CallContext } from "./call-context.ts";
import { Dropout } from "./dropout.ts";

function training(seed = 3): CallContext {
  return new CallContext({ training: true, dtype: "float32", key: randomKey(seed) });
}

const x = ones([100, 100]);

describe("in training", () => {
  test.each([0.1, 0.5, 0.8])("rate %d: that share becomes 0, the others grow so that the mean stays", (rate) => {
    const y = new Dropout(rate).call(x, training());
    const kept = [...y.data].filter((value) => value !== 0);
    expect(kept.every((value) => Math.abs(value - 1 / (1 - rate)) < 1e-6)).toBe(true);
    expect(1 - kept.length / x.size).toBeGreaterThan(rate - 0.02);
    expect(1 - kept.length / x.size).toBeLessThan(rate + 0.02);
    expect(Math.abs(mean(y).item() - 1)).toBeLessThan(0.06);
  });

  test("each call draws anew, the same key draws the same", () => {
    const layer = new Dropout(0.5);
    const context = training();
    const [first, second] = [layer.call(x, context), layer.call(x, context)];
    expect(first.data).not.toEqual(second.data);
    expect(layer.call(x, training()).data).toEqual(first.data);
    expect(layer.call(x, training(4)).data).not.toEqual(first.data);
  });

  test("the gradient goes where the value went", () => {
    const f = (input: Tensor): Tensor => sum(new Dropout(0.5).call(input, training()));
    expect(inputGradient(f, x).gradient.data).toEqual(new Dropout(0.5).call(x, training()).data);
  });

  test("a context without a key is refused", () => {
    const context = new CallContext({ training: true, dtype: "float32" });
    expect(() => new Dropout(0.5).call(x, context)).toThrow("the context has no random key");
    expect(new Dropout(0).call(x, context)).toBe(x);
  });
});

test("in evaluation nothing happens", () => {
  expect(new Dropout(0.5).call(x, new CallContext({ training: false, dtype: "float32" }))).toBe(x);
});

test("the rate is checked", () => {
  for (const rate of [1, -0.1, "0.5", Number.NaN, undefined]) {
    expect(constructing(Dropout, rate)).toThrow(/option rate/);
  }
});
