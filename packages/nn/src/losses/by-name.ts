/** Losses by name, and what `compile` takes as one. */
import { type Checker, describeValue, didYouMean, isFloat, OptionError, resolveOptions } from "@skein-ml/core";
import {
  binaryCrossentropy,
  categoricalCrossentropy,
  crossEntropy,
  crossEntropyOptions,
  fromLogitsOptions,
  sparseCategoricalCrossentropy,
} from "./cross-entropy.ts";
import { type Loss, type LossFunction, ownValues, perRow, type TargetForm } from "./loss.ts";
import { halfMeanSquaredError, huber, huberOptions, meanAbsoluteError, meanSquaredError } from "./regression.ts";

interface LossFacts {
  make(options: Readonly<Record<string, never>>): Loss;
  readonly options: Readonly<Record<string, Checker<unknown>>>;
}

const losses: Readonly<
  Record<
    | "sparseCategoricalCrossentropy"
    | "categoricalCrossentropy"
    | "crossEntropy"
    | "binaryCrossentropy"
    | "meanSquaredError"
    | "halfMeanSquaredError"
    | "meanAbsoluteError"
    | "huber",
    LossFacts
  >
> = {
  sparseCategoricalCrossentropy: { make: sparseCategoricalCrossentropy, options: fromLogitsOptions },
  categoricalCrossentropy: { make: categoricalCrossentropy, options: fromLogitsOptions },
  crossEntropy: {
    make: crossEntropy,
    options: crossEntropyOptions,
  },
  binaryCrossentropy: { make: binaryCrossentropy, options: fromLogitsOptions },
  meanSquaredError: { make: meanSquaredError, options: {} },
  halfMeanSquaredError: { make: halfMeanSquaredError, options: {} },
  meanAbsoluteError: { make: meanAbsoluteError, options: {} },
  huber: { make: huber, options: huberOptions },
};

export type LossName = keyof typeof losses;

/** A name, a loss with options such as `huber({ delta: 0.5 })`, or a function of one's own. */
export type LossLike = LossName | Loss | LossFunction;

/**
 * The loss that is meant.
 * @throws OptionError if there is none of that name, or its options are wrong
 */
export function resolveLoss(call: string, loss: unknown): Loss {
  if (typeof loss === "string") return makeLoss(call, loss, {});
  if (typeof loss === "function") return ownLoss(loss as LossFunction);
  if (typeof loss === "object" && loss !== null && "rows" in loss) {
    const { name, options } = loss as Loss;
    if (Object.hasOwn(losses, name)) makeLoss(call, name, options);
    return loss as Loss;
  }
  throw new OptionError(call, `loss must be a name, a loss or a function, but ${describeValue(loss)} came`, {
    known: Object.keys(losses),
  });
}

/** A loss from its name and options, both checked. */
export function makeLoss(call: string, name: string, options: Readonly<Record<string, unknown>>): Loss {
  if (!Object.hasOwn(losses, name)) {
    const known = Object.keys(losses);
    throw new OptionError(call, `unknown loss ${JSON.stringify(name)}`, { known }, didYouMean(name, known));
  }
  const facts = losses[name as LossName];
  const checked = resolveOptions(`${call}: ${name}`, facts.options, options);
  return facts.make(checked as Readonly<Record<string, never>>);
}

/** A function as a loss: its targets have whatever shape they come in. */
function ownLoss(f: LossFunction): Loss {
  return {
    name: f.name || "loss",
    own: true,
    options: {},
    target: (targetShape): TargetForm => ({ kind: "values", shape: targetShape }),
    rows: (yTrue, yPred) => {
      const values = ownValues("loss", f, yTrue, yPred);
      if (isFloat(values.dtype) && values.shape[0] === yPred.shape[0]) return perRow(values);
      throw new OptionError(
        "loss",
        "the loss function did not give a value for each row",
        { came: values.shape, rows: yPred.shape[0] },
        "Don't average over the rows in it.",
      );
    },
  };
}

/** Whether a name and options make the loss again. */
export function isNamedLoss(loss: Loss): boolean {
  return Object.hasOwn(losses, loss.name) && !loss.own;
}
