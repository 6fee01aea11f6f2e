/**
 * Scores by name: what `scoring` may be. All are better when greater.
 */
import {
  DataError,
  describeValue,
  didYouMean,
  type EstimatorLike,
  type LabelsLike,
  type MatrixLike,
  type NumbersLike,
  OptionError,
} from "@skein-ml/core";
import { accuracyScore } from "../metrics/accuracy.ts";
import type { Average } from "../metrics/class-scores.ts";
import { logLoss } from "../metrics/log-loss.ts";
import { f1Score, precisionScore, recallScore } from "../metrics/precision-recall-f1.ts";
import { r2Score } from "../metrics/r2.ts";

/** How good a fitted model is on rows it has not seen. */
export type Scorer = (model: EstimatorLike, X: unknown, y: unknown) => number | Promise<number>;

const AVERAGES = ["binary", "micro", "macro", "weighted"] as const;

/** Every scorer by name. */
const SCORERS: Readonly<Record<string, Scorer>> = {
  accuracy: predicted((y, guess) => accuracyScore(y, guess)),
  negLogLoss,
  r2: async (model, X, y) => r2Score(y as NumbersLike, (await call(model, "predict", X)) as NumbersLike),
  ...classScorers("precision", precisionScore),
  ...classScorers("recall", recallScore),
  ...classScorers("f1", f1Score),
};

/**
 * The scorer that is meant: by name, itself, or for null the model's own `score`.
 * @throws OptionError for an unknown name, or what is no name
 */
export function scorerOf(caller: string, scoring: string | Scorer | null): Scorer {
  if (scoring === null) return ownScore;
  if (typeof scoring === "function") return scoring;
  if (typeof scoring !== "string") {
    throw new OptionError(
      caller,
      `scoring must be a name, a function or null, but ${describeValue(scoring)} came`,
      {},
      `Names: ${Object.keys(SCORERS).join(", ")}.`,
    );
  }
  const scorer = Object.hasOwn(SCORERS, scoring) ? SCORERS[scoring] : undefined;
  if (scorer) return scorer;
  throw new OptionError(
    caller,
    `unknown scoring ${JSON.stringify(scoring)}`,
    {},
    didYouMean(scoring, Object.keys(SCORERS)),
  );
}

async function ownScore(model: EstimatorLike, X: unknown, y: unknown): Promise<number> {
  if (!model.score) throw lacks(model, "score");
  return model.score(X, y);
}

async function negLogLoss(model: EstimatorLike, X: unknown, y: unknown): Promise<number> {
  const probabilities = (await call(model, "predictProba", X)) as MatrixLike;
  return -(await logLoss(y as LabelsLike, probabilities, { labels: model.classes ?? null }));
}

/** `f1` (of two classes), `f1Micro`, `f1Macro`, `f1Weighted`. */
function classScorers(
  name: string,
  metric: (y: LabelsLike, guess: LabelsLike, options: { average: "binary" | Average }) => Promise<number>,
): Record<string, Scorer> {
  return Object.fromEntries(
    AVERAGES.map((average) => [
      average === "binary" ? name : `${name}${average.charAt(0).toUpperCase()}${average.slice(1)}`,
      predicted((y, guess) => metric(y, guess, { average })),
    ]),
  );
}

function predicted(metric: (y: LabelsLike, guess: LabelsLike) => Promise<number>): Scorer {
  return async (model, X, y) => metric(y as LabelsLike, (await call(model, "predict", X)) as LabelsLike);
}

async function call(model: EstimatorLike, method: "predict" | "predictProba", X: unknown): Promise<unknown> {
  if (!model[method]) throw lacks(model, method);
  return model[method](X);
}

function lacks(model: EstimatorLike, method: string): DataError {
  const { className = "the model" } = model.constructor as { readonly className?: string };
  return new DataError("crossValScore", `${className} has no ${method}`, {}, "Choose another scoring, or a function.");
}
