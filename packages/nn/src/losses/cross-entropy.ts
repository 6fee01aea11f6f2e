/**
 * Losses of classification. All are computed from logits where they are known: those of a net that ends in softmax or
 * sigmoid are remembered by the activation, so `log softmax` stays exact where the softmax itself underflows.
 */
import {
  abs,
  add,
  argmax,
  cast,
  check,
  clip,
  equal,
  exp,
  expandDims,
  greater,
  indices,
  log,
  log1p,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  OptionError,
  type OptionSchema,
  resolveOptions,
  sub,
  sum,
  type Tensor,
  where,
} from "@skein-ml/core";
import type { CallContext } from "../layers/call-context.ts";
import { classTarget, type Loss, perRow, sameShapeTarget, type TargetForm } from "./loss.ts";

/** Probabilities are kept this far from 0 and 1 before the logarithm, as in Keras. */
const LEAST_PROBABILITY = 1e-7;

export interface CrossentropyOptions {
  /** Outputs are logits, not probabilities. Default false. */
  fromLogits?: boolean;
}

export const fromLogitsOptions: OptionSchema<CrossentropyOptions> = {
  fromLogits: check.boolean({ default: false }),
};

export const crossEntropyOptions: OptionSchema<{ labelSmoothing?: number }> = {
  labelSmoothing: check.number({ min: 0, max: 1, exclusiveMax: true, default: 0 }),
};

/**
 * Cross entropy of class numbers: `-log p[y]`.
 *
 * Outputs `[n, ..., K]` are probabilities (they are not rescaled), or logits with `fromLogits`; targets whole numbers in
 * `[0, K)`, `[n, ...]`.
 */
export function sparseCategoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  const name = "sparseCategoricalCrossentropy";
  const checked = resolveOptions(name, fromLogitsOptions, options);
  return {
    name,
    options: { ...options },
    target: (target, output) => classTarget(name, target, output),
    rows: (yTrue, yPred, context) => perRow(neg(pick(logProbabilities(yPred, context, checked), yTrue))),
    hits: classHits,
  };
}

/** Cross entropy of probabilities of classes: `-Σ_k y_k log p_k`, with targets of the outputs' shape, such as one-hot rows. */
export function categoricalCrossentropy(options: CrossentropyOptions = {}): Loss {
  const name = "categoricalCrossentropy";
  const checked = resolveOptions(name, fromLogitsOptions, options);
  return {
    name,
    options: { ...options },
    target: (target, output) => ({ kind: "values", shape: sameShapeTarget(name, target, output), limit: 1 }),
    rows: (yTrue, yPred, context) => {
      return perRow(neg(sum(mul(yTrue, logProbabilities(yPred, context, checked)), { axis: -1 })));
    },
    hits: (yTrue, yPred) => perRow(cast(equal(argmax(yTrue), argmax(yPred)), yPred.dtype)),
  };
}

/**
 * PyTorch's `CrossEntropyLoss`: from logits `[n, ..., K]`; targets are class numbers, or probabilities of the outputs' shape.
 *
 * @param options.labelSmoothing  share of the target that is spread evenly over the classes, in `[0, 1)`. Default 0
 */
export function crossEntropy(options: { labelSmoothing?: number } = {}): Loss {
  const name = "crossEntropy";
  const { labelSmoothing } = resolveOptions(name, crossEntropyOptions, options);
  const soft = (yTrue: Tensor, yPred: Tensor): boolean => yTrue.rank === yPred.rank;
  return {
    name,
    options: { ...options },
    target: (target, output): TargetForm => {
      const wanted = target.length === output.length && target.length > 0 && target[target.length - 1] !== 1;
      if (!wanted) return classTarget(name, target, output);
      return { kind: "values", shape: sameShapeTarget(name, target, output), limit: 1 };
    },
    rows: (yTrue, yPred) => {
      const logp = logSoftmax(yPred);
      const chosen = soft(yTrue, yPred) ? sum(mul(yTrue, logp), { axis: -1 }) : pick(logp, yTrue);
      if (labelSmoothing === 0) return perRow(neg(chosen));
      return perRow(neg(add(mul(chosen, 1 - labelSmoothing), mul(mean(logp, { axis: -1 }), labelSmoothing))));
    },
    hits: (yTrue, yPred) => classHits(soft(yTrue, yPred) ? argmax(yTrue) : yTrue, yPred),
  };
}

/**
 * Cross entropy of yes and no: `-(y log p + (1 - y) log(1 - p))`, averaged over the outputs of a row.
 *
 * Outputs `[n, 1]` or `[n, k]` are probabilities, or logits with `fromLogits`; targets in `[0, 1]`.
 */
export function binaryCrossentropy(options: CrossentropyOptions = {}): Loss {
  const name = "binaryCrossentropy";
  const { fromLogits } = resolveOptions(name, fromLogitsOptions, options);
  return {
    name,
    options: { ...options },
    target: (target, output) => ({ kind: "values", shape: sameShapeTarget(name, target, output), limit: 1 }),
    rows: (yTrue, yPred, context) => {
      const known = context.logitsOf(yPred);
      if (fromLogits) return perRow(fromLogit(yTrue, yPred));
      if (known?.kind === "sigmoid") return perRow(fromLogit(yTrue, known.values));
      checkProbabilities(name, yPred, context);
      const p = clip(yPred, LEAST_PROBABILITY, 1 - LEAST_PROBABILITY);
      return perRow(neg(add(mul(yTrue, log(p)), mul(sub(1, yTrue), log(sub(1, p))))));
    },
    hits: (yTrue, yPred) => {
      const yes = greater(yPred, fromLogits ? 0 : 0.5);
      return perRow(cast(equal(yes, greater(yTrue, 0.5)), yPred.dtype));
    },
  };
}

/** `max(z, 0) - z y + log(1 + exp(-|z|))`: no exponential of a large number. */
function fromLogit(y: Tensor, z: Tensor): Tensor {
  return add(sub(maximum(z, 0), mul(z, y)), log1p(exp(neg(abs(z)))));
}

function logProbabilities(yPred: Tensor, context: CallContext, { fromLogits = false }: CrossentropyOptions): Tensor {
  if (fromLogits) return logSoftmax(yPred);
  const known = context.logitsOf(yPred);
  if (known?.kind === "softmax") return logSoftmax(known.values);
  checkProbabilities("categorical cross entropy", yPred, context);
  return log(maximum(yPred, LEAST_PROBABILITY));
}

/** Throws if the outputs come straight from an activation that gives no probabilities, such as none at all. */
function checkProbabilities(loss: string, yPred: Tensor, context: CallContext): void {
  const activation = context.activationOf(yPred);
  if (activation === undefined) return;
  throw new OptionError(
    loss,
    "the loss takes probabilities, but the net's last activation gives others",
    { activation },
    'End the net in "softmax" (or "sigmoid" for yes and no), or pass a loss of logits: "crossEntropy", or { fromLogits: true }.',
  );
}

/** The element of the last axis that a class number names. */
function pick(x: Tensor, classes: Tensor): Tensor {
  const axis = x.rank - 1;
  return sum(where(equal(indices(x, axis), expandDims(classes, axis)), x, 0), { axis });
}

function classHits(yTrue: Tensor, yPred: Tensor): Tensor {
  return perRow(cast(equal(argmax(yPred), yTrue), yPred.dtype));
}
