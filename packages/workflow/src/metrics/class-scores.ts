/**
 * Precision, recall and F1 of each class, and their averages: what `precision-recall-f1.ts` and
 * `classification-report.ts` share.
 */
import type { check, Label } from "@skein-ml/core";
import { type LabelPairs, placesIn } from "./label-pairs.ts";

/** What a ratio is where its denominator is 0. */
export type ZeroDivision = number;

/** Weights of rows of one class: rightly predicted, predicted at all, and true. */
export interface ClassCounts {
  readonly right: number;
  readonly predicted: number;
  readonly actual: number;
}

export interface Scores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How scores of classes become one. */
export type Average = "micro" | "macro" | "weighted";

/** The option `zeroDivision`: 0, 1 or NaN. Default 0. */
export function zeroDivisionOption(): check.Checker<ZeroDivision> {
  return {
    wanted: "0, 1 or NaN",
    default: 0,
    refused: ["0", 0.5, 2],
    accepts: (value): value is ZeroDivision => value === 0 || value === 1 || Number.isNaN(value),
  };
}

/** The counts of each of `labels`. */
export function countClasses({ truth, predicted, weights }: LabelPairs, labels: readonly Label[]): ClassCounts[] {
  const counts = labels.map(() => ({ right: 0, predicted: 0, actual: 0 }));
  const actualPlaces = placesIn(labels, truth);
  const predictedPlaces = placesIn(labels, predicted);
  weights.forEach((weight, row) => {
    const [actual, guess] = [counts[actualPlaces[row]!], counts[predictedPlaces[row]!]];
    if (actual) actual.actual += weight;
    if (guess) guess.predicted += weight;
    if (actual && actual === guess) actual.right += weight;
  });
  return counts;
}

/** `precision = right / predicted`, `recall = right / actual`, `F1 = 2 right / (predicted + actual)`. */
export function scoresOf({ right, predicted, actual }: ClassCounts, zeroDivision: ZeroDivision): Scores {
  const ratio = (part: number, whole: number): number => (whole === 0 ? zeroDivision : part / whole);
  return {
    precision: ratio(right, predicted),
    recall: ratio(right, actual),
    f1: ratio(2 * right, predicted + actual),
  };
}

/** Scores over all classes: of the summed counts (micro), or the mean, weighted by true rows or not. NaN is left out. */
export function averageScores(counts: readonly ClassCounts[], average: Average, zeroDivision: ZeroDivision): Scores {
  if (average === "micro") return scoresOf(counts.reduce(added), zeroDivision);
  const scores = counts.map((each) => scoresOf(each, zeroDivision));
  const weights = counts.map(({ actual }) => (average === "weighted" ? actual : 1));
  return {
    precision: meanWithoutNaN(
      scores.map(({ precision }) => precision),
      weights,
    ),
    recall: meanWithoutNaN(
      scores.map(({ recall }) => recall),
      weights,
    ),
    f1: meanWithoutNaN(
      scores.map(({ f1 }) => f1),
      weights,
    ),
  };
}

function added(a: ClassCounts, b: ClassCounts): ClassCounts {
  return { right: a.right + b.right, predicted: a.predicted + b.predicted, actual: a.actual + b.actual };
}

/** The weighted mean of the values that are not NaN; the plain one if their weights are all 0. */
function meanWithoutNaN(values: readonly number[], weights: readonly number[]): number {
  let total = 0;
  let weightSum = 0;
  let plain = 0;
  let count = 0;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    total += value * weights[i]!;
    weightSum += weights[i]!;
    plain += value;
    count++;
  });
  return weightSum > 0 ? total / weightSum : plain / count;
}
