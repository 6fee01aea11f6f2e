/** Adam. */
import { add, check, div, expm1, mul, neg, type OptionSchema, sqrt, square, sub, type Tensor } from "@skein-ml/core";
import { learningRateOption, type NextValues, Optimizer, type Update } from "./optimizer.ts";
import { decayed } from "./sgd.ts";

export interface AdamOptions {
  /** η. Default 0.001. */
  learningRate?: number;
  /** β₁, in `[0, 1)`. Default 0.9. */
  beta1?: number;
  /** β₂, in `[0, 1)`. Default 0.999. */
  beta2?: number;
  /** ε. Default 1e-7, which is Keras's (PyTorch has 1e-8). */
  epsilon?: number;
  /** λ: adds `λ w` to the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Adam: steps of a size that does not depend on the scale of the gradients. At step t:
 *
 *     m ← β₁ m + (1 - β₁) g        v ← β₂ v + (1 - β₂) g²
 *     w ← w - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)
 *
 * ε stands where the paper and PyTorch have it, after the correction of v. (Keras adds it before.)
 *
 * @source Kingma, Ba, ICLR 2015, algorithm 1
 * @example new Adam({ learningRate: 1e-4 })
 */
export class Adam extends Optimizer<AdamOptions> {
  static override readonly className: string = "Adam";
  static override readonly slots: readonly string[] = ["mean", "square"];
  static override readonly options: OptionSchema<AdamOptions> = {
    learningRate: learningRateOption(0.001),
    beta1: check.number({ min: 0, max: 1, exclusiveMax: true, default: 0.9 }),
    beta2: check.number({ min: 0, max: 1, exclusiveMax: true, default: 0.999 }),
    epsilon: check.number({ min: 0, max: Number.MAX_VALUE, default: 1e-7 }),
    weightDecay: check.number({ min: 0, max: Number.MAX_VALUE, default: 0 }),
  };

  protected next({ value, gradient, slots, learningRate, step }: Update): NextValues {
    const { beta1, beta2, epsilon, weightDecay } = this.options;
    const g = decayed(gradient, value, weightDecay);
    const mean = add(mul(slots.mean ?? 0, beta1), mul(g, 1 - beta1));
    const squares = add(mul(slots.square ?? 0, beta2), mul(square(g), 1 - beta2));
    const unbiased = div(mean, missing(beta1, step));
    const scale = add(sqrt(div(squares, missing(beta2, step))), epsilon);
    return { value: sub(value, mul(learningRate, div(unbiased, scale))), slots: { mean, square: squares } };
  }
}

/** `1 - βᵗ`, as `-expm1(t log β)`: in float32 the difference itself would lose the digits of β₂. */
function missing(beta: number, step: Tensor): Tensor | number {
  return beta === 0 ? 1 : neg(expm1(mul(step, Math.log(beta))));
}
