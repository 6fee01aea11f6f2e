/** R², the coefficient of determination. */
import {
  Context,
  check,
  countRows,
  DataError,
  type NumbersLike,
  type OptionSchema,
  readTargets,
  readWeights,
  type WeightsLike,
} from "@skein-ml/core";
import { checkedOptions } from "../checked-options.ts";
import { sameLength } from "./label-pairs.ts";

export interface R2Options {
  /**
   * How scores of several outputs become one: their mean (`"uniformAverage"`, default), weighted by the variances of the
   * outputs (`"varianceWeighted"`), or not at all (`"rawValues"`).
   */
  readonly multioutput?: "uniformAverage" | "varianceWeighted" | "rawValues";
  readonly sampleWeight?: WeightsLike;
}

type Raw = R2Options & { readonly multioutput: "rawValues" };
type OneNumber = R2Options & { readonly multioutput?: "uniformAverage" | "varianceWeighted" };

const SCHEMA: OptionSchema<Omit<R2Options, "sampleWeight">> = {
  multioutput: check.oneOf(["uniformAverage", "varianceWeighted", "rawValues"], { default: "uniformAverage" }),
};

/** Squared distances of one output, summed with weights. */
interface Squares {
  /** From the predictions. */
  readonly residual: number;
  /** From the mean. */
  readonly total: number;
}

/**
 * R²: `1 - Σ w (y - ŷ)² / Σ w (y - ȳ)²`. 1 is perfect, 0 no better than the mean, and there is no least. A constant output
 * scores 1 if it is hit exactly, else 0.
 *
 * @param yTrue       `[n]` or `[n, outputs]`, at least two rows
 * @param yPred       of the same shape
 * @returns           one number; with `multioutput: "rawValues"` one for each output
 * @throws DataError  if they differ in shape or have fewer than two rows
 * @source scikit-learn 1.9, `r2_score`
 * @example await r2Score([3, -0.5, 2, 7], [2.5, 0, 2, 8]) // => 0.9486
 */
export async function r2Score(yTrue: NumbersLike, yPred: NumbersLike, options: Raw): Promise<number[]>;
export async function r2Score(yTrue: NumbersLike, yPred: NumbersLike, options?: OneNumber): Promise<number>;
export async function r2Score(
  yTrue: NumbersLike,
  yPred: NumbersLike,
  options: R2Options = {},
): Promise<number | number[]> {
  const { multioutput, sampleWeight } = checkedOptions("r2Score", SCHEMA, options, ["sampleWeight"]);
  const n = sameLength("r2Score", yTrue, yPred, "yPred");
  if (n < 2) throw new DataError("r2Score", "R² needs at least two rows", { rows: countRows("r2Score", yTrue) });
  const truth = await readTargets(new Context("r2Score, yTrue"), yTrue, n, true);
  const predicted = await readTargets(new Context("r2Score, yPred"), yPred, n, true);
  if (String(truth.shape) !== String(predicted.shape)) {
    throw new DataError("r2Score", "yTrue and yPred differ in shape", { yTrue: truth.shape, yPred: predicted.shape });
  }
  const weights = (await readWeights(new Context("r2Score"), sampleWeight, n)) ?? new Float64Array(n).fill(1);
  const outputs = truth.shape[1] ?? 1;
  const squares = Array.from({ length: outputs }, (_, output) =>
    squaresOf(column(truth.data, output, outputs), column(predicted.data, output, outputs), weights),
  );
  const scores = squares.map(({ residual, total }) => (total > 0 ? 1 - residual / total : Number(residual === 0)));
  if (multioutput === "rawValues") return scores;
  const spread = squares.reduce((sum, { total }) => sum + total, 0);
  const shares = squares.map(({ total }) =>
    multioutput === "varianceWeighted" && spread > 0 ? total / spread : 1 / outputs,
  );
  return scores.reduce((sum, score, output) => sum + score * shares[output]!, 0);
}

function column(data: Float64Array, output: number, outputs: number): Float64Array {
  return data.filter((_, at) => at % outputs === output);
}

function squaresOf(truth: Float64Array, predicted: Float64Array, weights: Float64Array): Squares {
  let weightSum = 0;
  let mean = 0;
  weights.forEach((weight, row) => {
    weightSum += weight;
    mean += weight * truth[row]!;
  });
  mean /= weightSum;
  let residual = 0;
  let total = 0;
  weights.forEach((weight, row) => {
    residual += weight * (truth[row]! - predicted[row]!) ** 2;
    total += weight * (truth[row]! - mean) ** 2;
  });
  return { residual, total };
}
