/** Log loss. */
import {
  Context,
  check,
  compareLabels,
  DataError,
  type Label,
  type LabelsLike,
  type MatrixLike,
  type NumbersLike,
  type OptionSchema,
  readLabels,
  readMatrix,
  readTargets,
  readWeights,
  Tensor,
  type WeightsLike,
} from "@skein-ml/core";
import { checkedOptions } from "../checked-options.ts";
import { labelsOption } from "./confusion-matrix.ts";
import { placesIn, sameLength } from "./label-pairs.ts";

export interface LogLossOptions {
  /** The labels of the columns, needed where `yTrue` lacks some. Default: the labels of `yTrue`, sorted. */
  readonly labels?: readonly Label[] | null;
  /** Off: the (weighted) sum. Default true: the mean. */
  readonly normalize?: boolean;
  readonly sampleWeight?: WeightsLike;
}

const SCHEMA: OptionSchema<Omit<LogLossOptions, "sampleWeight">> = {
  labels: labelsOption(),
  normalize: check.boolean({ default: true }),
};

/** How far from 1 the probabilities of a row may sum: more than float32 rounding. */
const SUM_TOLERANCE = 1e-3;

/** Probabilities `[n, k]`, row-major. */
interface Probabilities {
  readonly data: ArrayLike<number>;
  readonly columns: number;
}

/**
 * Log loss, or cross-entropy: the mean of `-log p(y_i)`.
 *
 * Probabilities are kept within `[ε, 1 - ε]`, ε the spacing of numbers at 1 in their float type.
 *
 * @param yTrue       `[n]` labels
 * @param yProba      `[n, k]`, a column for each label in sorted order; or `[n]` for two labels: that of the second
 * @throws DataError  if they differ in length, a probability is outside [0, 1], a row does not sum to 1, or the columns
 *                    are not as many as the labels
 * @source scikit-learn 1.9, `log_loss`
 * @example await logLoss(["a", "b"], [[0.9, 0.1], [0.2, 0.8]]) // => 0.1643
 */
export async function logLoss(
  yTrue: LabelsLike,
  yProba: MatrixLike | NumbersLike,
  options: LogLossOptions = {},
): Promise<number> {
  const { labels, normalize, sampleWeight } = checkedOptions("logLoss", SCHEMA, options, ["sampleWeight"]);
  const n = sameLength("logLoss", yTrue, yProba, "yProba");
  const truth = await readLabels(new Context("logLoss, yTrue"), yTrue, n);
  const { data, columns } = await readProbabilities(yProba, n);
  const codes = placesIn(columnLabels(truth, labels, columns), truth);
  const weights = await readWeights(new Context("logLoss"), sampleWeight, n);
  const least = data instanceof Float32Array ? 2 ** -23 : Number.EPSILON;
  let loss = 0;
  let all = 0;
  codes.forEach((code, row) => {
    const weight = weights?.[row] ?? 1;
    const probability = Math.min(Math.max(data[row * columns + code]!, least), 1 - least);
    loss -= weight * Math.log(probability);
    all += weight;
  });
  return normalize ? loss / all : loss;
}

async function readProbabilities(yProba: MatrixLike | NumbersLike, n: number): Promise<Probabilities> {
  const found = isOneColumn(yProba) ? await oneColumn(yProba, n) : await manyColumns(yProba as MatrixLike);
  const { data, columns } = found;
  for (let row = 0; row < n; row++) {
    let sum = 0;
    for (let k = 0; k < columns; k++) {
      const probability = data[row * columns + k]!;
      if (!(probability >= 0 && probability <= 1)) {
        throw new DataError("logLoss", `yProba holds ${probability}, which is no probability`, { row, column: k });
      }
      sum += probability;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw new DataError(
        "logLoss",
        "the probabilities of a row do not sum to 1",
        { row, sum },
        "Pass what predictProba gives.",
      );
    }
  }
  return found;
}

function isOneColumn(yProba: MatrixLike | NumbersLike): yProba is NumbersLike {
  if (yProba instanceof Tensor) return yProba.rank === 1;
  return ArrayBuffer.isView(yProba) || (Array.isArray(yProba) && typeof yProba[0] === "number");
}

async function oneColumn(yProba: NumbersLike, n: number): Promise<Probabilities> {
  const { data: second } = await readTargets(new Context("logLoss, yProba"), yProba, n, false);
  const data = new Float64Array(2 * n);
  second.forEach((probability, row) => data.set([1 - probability, probability], 2 * row));
  return { data, columns: 2 };
}

async function manyColumns(yProba: MatrixLike): Promise<Probabilities> {
  const { data, shape } = await readMatrix(new Context("logLoss, yProba"), yProba, {});
  return { data, columns: shape[1] };
}

/** The label of each column. */
function columnLabels(truth: readonly Label[], given: readonly Label[] | null, columns: number): readonly Label[] {
  const labels = [...(given ?? new Set(truth))].sort(compareLabels);
  const missing = truth.find((label) => !labels.includes(label));
  if (missing !== undefined) {
    throw new DataError("logLoss", "yTrue holds a label that is not among labels", { label: missing, labels });
  }
  if (labels.length !== columns) {
    throw new DataError(
      "logLoss",
      `yProba has ${columns} columns for ${labels.length} labels`,
      { labels: labels.slice(0, 20) },
      given ? "Name one label for each column." : "Pass the labels of all columns: { labels: model.classes }.",
    );
  }
  return labels;
}
