/** Accuracy. */
import { check, type LabelsLike, type OptionSchema, type WeightsLike } from "@skein-ml/core";
import { checkedOptions } from "../checked-options.ts";
import { readPairs } from "./label-pairs.ts";

export interface AccuracyOptions {
  /** Off: the (weighted) number of rows that are right. Default true. */
  readonly normalize?: boolean;
  readonly sampleWeight?: WeightsLike;
}

const SCHEMA: OptionSchema<Omit<AccuracyOptions, "sampleWeight">> = { normalize: check.boolean({ default: true }) };

/**
 * Accuracy: the share of rows whose label is right, `Σ w [y = ŷ] / Σ w`.
 *
 * @param yTrue       `[n]` labels
 * @param yPred       `[n]` labels of the same kind
 * @throws DataError  if they are empty, or differ in length or kind
 * @source scikit-learn 1.9, `accuracy_score`
 * @example await accuracyScore(["a", "b", "b"], ["a", "b", "a"]) // => 0.6667
 */
export async function accuracyScore(
  yTrue: LabelsLike,
  yPred: LabelsLike,
  options: AccuracyOptions = {},
): Promise<number> {
  const { normalize, sampleWeight } = checkedOptions("accuracyScore", SCHEMA, options, ["sampleWeight"]);
  const { truth, predicted, weights } = await readPairs("accuracyScore", yTrue, yPred, sampleWeight);
  let right = 0;
  let all = 0;
  weights.forEach((weight, row) => {
    all += weight;
    if (truth[row] === predicted[row]) right += weight;
  });
  return normalize ? right / all : right;
}
