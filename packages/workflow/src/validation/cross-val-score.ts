/** Cross-validation. */
import {
  type CallOptions,
  Context,
  check,
  checkCallOptions,
  countRows,
  DataError,
  describeValue,
  type EstimatorLike,
  isEstimatorLike,
  type LabelsLike,
  type NumbersLike,
  OptionError,
  SkeinError,
  Tensor,
  takeRows,
  type WeightsLike,
} from "@skein-ml/core";
import type { RowsLike } from "../pipeline/passed.ts";
import type { Fold, Splitter } from "../split/fold.ts";
import { KFold, StratifiedKFold } from "../split/k-fold.ts";
import { type Scorer, scorerOf } from "./scoring.ts";

/** Options of `crossValScore`. */
export interface CrossValScoreOptions extends CallOptions {
  /**
   * Number of folds (stratified for classifiers, consecutive rows else), or a splitter. Default 5.
   */
  readonly cv?: number | Splitter;
  /**
   * `"accuracy"`, `"negLogLoss"`, `"r2"`, `"precision"`, `"recall"`, `"f1"` (these three also with `Micro`, `Macro` or
   * `Weighted` at the end), or a function of the fitted model and the test rows. Default null: the model's own `score`.
   */
  readonly scoring?: string | Scorer | null;
  /** Weights of rows for fitting; scores count all rows the same. */
  readonly sampleWeight?: WeightsLike;
}

/**
 * Scores of a model on rows it has not learned from: for each fold a clone is fitted on the rest and scored on the fold.
 * The model itself stays as it is.
 *
 * @param X             what the model takes
 * @param y             what the model takes
 * @returns             a score for each fold
 * @throws OptionError  if `cv` or `scoring` is none
 * @throws DataError    if `cv` gives no folds; as the splitter or the model, naming the fold
 * @source scikit-learn 1.9, `cross_val_score`
 * @example
 * const { X, y } = await loadIris();
 * const model = makePipeline(new StandardScaler(), new LogisticRegression());
 * await crossValScore(model, X, y, { cv: 3 }); // => [0.98, 0.96, 0.96]
 */
export async function crossValScore(
  model: EstimatorLike,
  X: RowsLike,
  y?: LabelsLike | NumbersLike,
  options: CrossValScoreOptions = {},
): Promise<number[]> {
  const call = "crossValScore";
  checkCallOptions(call, options, ["signal", "onProgress", "cv", "scoring", "sampleWeight"]);
  if (!isEstimatorLike(model)) {
    throw new OptionError(call, `an estimator is wanted, but ${describeValue(model)} came`, {}, "Pass it first.");
  }
  const { cv = 5, scoring = null, sampleWeight } = options;
  const scorer = scorerOf(call, scoring);
  const data: FoldData = { X, y, sampleWeight };
  checkLengths(call, data);
  const folds: unknown = await splitterOf(call, cv, model).split(X, y as LabelsLike);
  checkFolds(call, folds);
  const context = new Context(call, options);
  const scores: number[] = [];
  for (const [index, fold] of folds.entries()) {
    const report = { step: index, total: folds.length };
    await context.turn({ ...report, message: `fold ${index + 1}` });
    try {
      scores.push(await scoreFold(model, data, fold, scorer, context.inner(report)));
    } catch (error) {
      throw error instanceof SkeinError ? error.within(call, `fold ${index + 1}`) : error;
    }
    await context.turn({ step: index + 1, total: folds.length, metrics: { score: scores[index]! } });
  }
  context.finish();
  return scores;
}

interface FoldData {
  readonly X: unknown;
  readonly y: unknown;
  readonly sampleWeight: WeightsLike | undefined;
}

async function scoreFold(
  model: EstimatorLike,
  { X, y, sampleWeight }: FoldData,
  { train, test }: Fold,
  scorer: Scorer,
  options: CallOptions,
): Promise<number> {
  const part = async (data: unknown, rows: Int32Array): Promise<unknown> =>
    data === undefined ? undefined : takeRows(data, rows);
  const fresh = model.clone() as EstimatorLike;
  const weights = sampleWeight === undefined ? {} : { sampleWeight: await part(sampleWeight, train) };
  const parts = [await part(X, train), await part(y, train), await part(X, test), await part(y, test)];
  try {
    await fresh.fit(parts[0], parts[1], { ...options, ...weights });
    const score = await scorer(fresh, parts[2], parts[3]);
    if (typeof score === "number") return score;
    throw new OptionError("crossValScore", `scoring gave ${describeValue(score)}, and a number is wanted`);
  } finally {
    for (const one of parts) if (one instanceof Tensor) one.dispose();
  }
}

function checkLengths(call: string, { X, y, sampleWeight }: FoldData): void {
  const n = countRows(call, X);
  for (const [name, column] of Object.entries({ y, sampleWeight })) {
    if (column === undefined) continue;
    const rows = countRows(call, column);
    if (rows !== n)
      throw new DataError(call, `X has ${n} rows, but ${name} has ${rows}`, {}, `Pass ${name} for each row of X.`);
  }
}

/** @throws DataError if a splitter gave something else than folds, or none: `takeRows` checks the row numbers later */
function checkFolds(call: string, folds: unknown): asserts folds is readonly Fold[] {
  const isFold = (fold: unknown): boolean => {
    const { train, test } = (fold ?? {}) as Partial<Record<keyof Fold, unknown>>;
    return [train, test].every((rows) => (Array.isArray(rows) || rows instanceof Int32Array) && rows.length > 0);
  };
  if (Array.isArray(folds) && folds.length > 0 && folds.every(isFold)) return;
  throw new DataError(
    call,
    `split of cv must give folds, but ${describeValue(folds)} came`,
    {},
    "At least one { train, test }, each the numbers of some rows.",
  );
}

function splitterOf(call: string, cv: number | Splitter, { kind }: EstimatorLike): Splitter {
  if (check.integer({ min: 2 }).accepts(cv, new Map())) {
    return kind === "classifier" ? new StratifiedKFold({ nSplits: cv }) : new KFold({ nSplits: cv });
  }
  if (typeof cv === "object" && cv !== null && typeof cv.split === "function") return cv;
  throw new OptionError(
    call,
    `cv must be an integer >= 2 or a splitter, but ${describeValue(cv)} came`,
    {},
    "For instance new StratifiedKFold({ nSplits: 5, shuffle: true }).",
  );
}
