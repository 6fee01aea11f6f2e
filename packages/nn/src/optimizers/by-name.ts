/** Optimizers by name, and what `compile` takes as one. */
import { describeValue, didYouMean, OptionError } from "@skein-ml/core";
import { Adam } from "./adam.ts";
import { Optimizer } from "./optimizer.ts";
import { SGD } from "./sgd.ts";

const makers: Readonly<Record<"sgd" | "adam", (options?: object) => Optimizer>> = {
  sgd: (options) => new SGD(options),
  adam: (options) => new Adam(options),
};

export type OptimizerName = keyof typeof makers;

/** A name (with the optimizer's default options), or an optimizer. */
export type OptimizerLike = OptimizerName | Optimizer;

/**
 * The optimizer that is meant.
 * @throws OptionError if there is none of that name
 */
export function resolveOptimizer(call: string, optimizer: unknown): Optimizer {
  if (optimizer instanceof Optimizer) return optimizer;
  const known = Object.keys(makers);
  if (typeof optimizer === "string" && Object.hasOwn(makers, optimizer)) return makers[optimizer as OptimizerName]();
  throw new OptionError(
    call,
    `optimizer must be a name or an optimizer, but ${describeValue(optimizer)} came`,
    { known },
    typeof optimizer === "string" ? didYouMean(optimizer, known) : 'Pass "adam" or new Adam({ ... }).',
  );
}
