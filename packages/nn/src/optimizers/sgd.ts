/** Stochastic gradient descent. */
import { add, check, mul, type OptionSchema, sub, type Tensor } from "@skein-ml/core";
import { learningRateOption, type NextValues, Optimizer, type Update } from "./optimizer.ts";

export interface SGDOptions {
  /** η. Default 0.01. */
  learningRate?: number;
  /** μ, in `[0, 1)`. Default 0. */
  momentum?: number;
  /** Look ahead along the momentum. Default false. */
  nesterov?: boolean;
  /** λ: adds `λ w` to the gradient. Default 0. */
  weightDecay?: number;
}

/**
 * Gradient descent with momentum, as PyTorch has it:
 *
 *     v ← μ v + g        w ← w - η v        (nesterov: w ← w - η (g + μ v))
 *
 * @source Sutskever et al., ICML 2013
 * @example new SGD({ learningRate: 0.1, momentum: 0.9 })
 */
export class SGD extends Optimizer<SGDOptions> {
  static override readonly className: string = "SGD";
  static override readonly slots: readonly string[] = ["velocity"];
  static override readonly options: OptionSchema<SGDOptions> = {
    learningRate: learningRateOption(0.01),
    momentum: check.number({ min: 0, max: 1, exclusiveMax: true, default: 0 }),
    nesterov: check.boolean({ default: false }),
    weightDecay: check.number({ min: 0, max: Number.MAX_VALUE, default: 0 }),
  };

  protected next({ value, gradient, slots, learningRate }: Update): NextValues {
    const { momentum, nesterov, weightDecay } = this.options;
    const g = decayed(gradient, value, weightDecay);
    if (momentum === 0 || !slots.velocity) return { value: sub(value, mul(learningRate, g)), slots: {} };
    const velocity = add(mul(slots.velocity, momentum), g);
    const direction = nesterov ? add(g, mul(velocity, momentum)) : velocity;
    return { value: sub(value, mul(learningRate, direction)), slots: { velocity } };
  }
}

/** `g + λ w`. */
export function decayed(gradient: Tensor, value: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, mul(value, weightDecay));
}
