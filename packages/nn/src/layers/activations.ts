/** Activation functions by name. */
import {
  abs,
  add,
  type Checker,
  cast,
  check,
  erf,
  exp,
  expm1,
  greater,
  isFloat,
  lessEqual,
  log1p,
  logSoftmax,
  maximum,
  mul,
  neg,
  sigmoid,
  softmax,
  type Tensor,
  tanh,
  where,
} from "@skein-ml/core";
import type { CallContext } from "./call-context.ts";

export type ActivationName = keyof typeof activations;

/**
 * - `linear`: x
 * - `relu`: max(x, 0)
 * - `leakyRelu`: x if x > 0, else 0.2 x (Keras 3's slope)
 * - `elu`: x if x > 0, else eˣ - 1
 * - `gelu`: x Φ(x), with the exact normal distribution
 * - `silu`: x σ(x)
 * - `softplus`: log(1 + eˣ)
 * - `sigmoid`, `tanh`
 * - `softmax`, `logSoftmax`: over the last axis
 */
export const activations: Readonly<
  Record<
    | "linear"
    | "relu"
    | "leakyRelu"
    | "elu"
    | "gelu"
    | "silu"
    | "softplus"
    | "sigmoid"
    | "tanh"
    | "softmax"
    | "logSoftmax",
    (x: Tensor) => Tensor
  >
> = {
  linear: (x) => x,
  // Not `maximum`: its derivative at 0 is 1/2, that of relu is taken as 0. NaN stays NaN.
  relu: (x) => where(lessEqual(x, 0), 0, x),
  leakyRelu: (x) => where(greater(x, 0), x, mul(x, 0.2)),
  elu: (x) => where(greater(x, 0), x, expm1(where(greater(x, 0), 0, x))),
  gelu: (x) => mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1)),
  silu: (x) => mul(x, sigmoid(x)),
  softplus: (x) => add(maximum(x, 0), log1p(exp(neg(abs(x))))),
  sigmoid,
  tanh,
  softmax: (x) => softmax(x),
  logSoftmax: (x) => logSoftmax(x),
};

/** Apply an activation; probabilities remember the logits they came from, for the loss. */
export function activate(name: ActivationName, x: Tensor, context: CallContext): Tensor {
  const y = activations[name](isFloat(x.dtype) ? x : cast(x, context.dtype));
  if (name === "softmax" || name === "sigmoid") context.setLogits(y, { values: x, kind: name });
  else context.noteActivation(y, name);
  return y;
}

/** An option that names an activation. */
export function activationOption(): Checker<ActivationName> {
  return check.oneOf(Object.keys(activations) as ActivationName[], { default: "linear" });
}
