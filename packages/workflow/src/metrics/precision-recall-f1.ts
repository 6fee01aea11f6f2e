/** Precision, recall and F1. */
import { check, type Label, type LabelsLike, OptionError, type OptionSchema, type WeightsLike } from "@skein-ml/core";
import { checkedOptions } from "../checked-options.ts";
import {
  type Average,
  averageScores,
  countClasses,
  type Scores,
  scoresOf,
  type ZeroDivision,
  zeroDivisionOption,
} from "./class-scores.ts";
import { labelsOption } from "./confusion-matrix.ts";
import { type LabelPairs, labelsOf, readPairs } from "./label-pairs.ts";

export interface ClassScoreOptions {
  /** The classes to score or average over. Default: all labels that occur, sorted. */
  readonly labels?: readonly Label[] | null;
  /** With `average` "binary": the class to score. Default 1, or true. */
  readonly posLabel?: Label;
  /**
   * `"binary"` (default) scores `posLabel` of two classes; `"micro"` counts all rows together; `"macro"` is the mean over
   * classes, `"weighted"` by their numbers of true rows; null gives one number for each class.
   */
  readonly average?: "binary" | Average | null;
  /** What a score is where it would divide by 0: 0 (default), 1 or NaN. Averages leave NaN out. */
  readonly zeroDivision?: ZeroDivision;
  readonly sampleWeight?: WeightsLike;
}

type PerClass = ClassScoreOptions & { readonly average: null };
type OneNumber = ClassScoreOptions & { readonly average?: "binary" | Average };

const SCHEMA: OptionSchema<Omit<ClassScoreOptions, "sampleWeight">> = {
  labels: labelsOption(),
  posLabel: { ...check.label(), default: 1 },
  average: check.nullable(check.oneOf(["binary", "micro", "macro", "weighted"]), { default: "binary" }),
  zeroDivision: zeroDivisionOption(),
};

/**
 * Precision: the share of rows predicted as a class that are of it, `right / predicted`.
 *
 * @param yTrue         `[n]` labels
 * @param yPred         `[n]` labels of the same kind
 * @returns             one number; with `average: null` one for each class
 * @throws DataError    if they are empty, or differ in length or kind
 * @throws OptionError  if `average` is "binary" and there are more than two classes, or `posLabel` is none of them
 * @source scikit-learn 1.9, `precision_score`
 * @example await precisionScore([0, 1, 1, 0], [0, 1, 0, 1]) // => 0.5
 */
export async function precisionScore(yTrue: LabelsLike, yPred: LabelsLike, options: PerClass): Promise<number[]>;
export async function precisionScore(yTrue: LabelsLike, yPred: LabelsLike, options?: OneNumber): Promise<number>;
export async function precisionScore(
  yTrue: LabelsLike,
  yPred: LabelsLike,
  options: ClassScoreOptions = {},
): Promise<number | number[]> {
  return pick(await classScores("precisionScore", yTrue, yPred, options), "precision");
}

/**
 * Recall: the share of rows of a class that are predicted as it, `right / actual`. Arguments and errors as
 * `precisionScore`.
 *
 * @source scikit-learn 1.9, `recall_score`
 * @example await recallScore(["a", "a", "b"], ["a", "b", "b"], { average: null }) // => [0.5, 1]
 */
export async function recallScore(yTrue: LabelsLike, yPred: LabelsLike, options: PerClass): Promise<number[]>;
export async function recallScore(yTrue: LabelsLike, yPred: LabelsLike, options?: OneNumber): Promise<number>;
export async function recallScore(
  yTrue: LabelsLike,
  yPred: LabelsLike,
  options: ClassScoreOptions = {},
): Promise<number | number[]> {
  return pick(await classScores("recallScore", yTrue, yPred, options), "recall");
}

/**
 * F1, the harmonic mean of precision and recall: `2 right / (predicted + actual)`. Arguments and errors as
 * `precisionScore`.
 *
 * @source scikit-learn 1.9, `f1_score`
 * @example await f1Score(["a", "a", "b"], ["a", "b", "b"], { average: "macro" }) // => 0.6667
 */
export async function f1Score(yTrue: LabelsLike, yPred: LabelsLike, options: PerClass): Promise<number[]>;
export async function f1Score(yTrue: LabelsLike, yPred: LabelsLike, options?: OneNumber): Promise<number>;
export async function f1Score(
  yTrue: LabelsLike,
  yPred: LabelsLike,
  options: ClassScoreOptions = {},
): Promise<number | number[]> {
  return pick(await classScores("f1Score", yTrue, yPred, options), "f1");
}

function pick(scores: Scores | readonly Scores[], name: keyof Scores): number | number[] {
  return "length" in scores ? scores.map((each) => each[name]) : scores[name];
}

async function classScores(
  call: string,
  yTrue: LabelsLike,
  yPred: LabelsLike,
  options: ClassScoreOptions,
): Promise<Scores | readonly Scores[]> {
  const { labels, posLabel, average, zeroDivision, sampleWeight } = checkedOptions(call, SCHEMA, options, [
    "sampleWeight",
  ]);
  const pairs = await readPairs(call, yTrue, yPred, sampleWeight);
  const chosen = average === "binary" ? [positiveLabel(call, pairs, posLabel)] : (labels ?? labelsOf(pairs));
  const counts = countClasses(pairs, chosen);
  if (average === null) return counts.map((each) => scoresOf(each, zeroDivision));
  return averageScores(counts, average === "binary" ? "macro" : average, zeroDivision);
}

function positiveLabel(call: string, pairs: LabelPairs, posLabel: Label): Label {
  const present = labelsOf(pairs);
  if (present.length > 2) {
    throw new OptionError(
      call,
      `there are ${present.length} classes, and average is "binary"`,
      { classes: present.slice(0, 20) },
      'Pass average: "macro", "micro" or "weighted", or null for a score of each class.',
    );
  }
  const wanted = posLabel === 1 && typeof present[0] === "boolean" ? true : posLabel;
  if (present.length === 2 && !present.includes(wanted)) {
    throw new OptionError(
      call,
      "posLabel is no label of y",
      { posLabel: wanted, classes: present },
      "Name one of them.",
    );
  }
  return wanted;
}
