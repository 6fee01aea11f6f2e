/** Pipelines, splits, cross-validation and metrics: docs/workflow.md. */
export { type AccuracyOptions, accuracyScore } from "./metrics/accuracy.ts";
export type { Average, Scores, ZeroDivision } from "./metrics/class-scores.ts";
export {
  ClassificationReport,
  type ClassificationReportOptions,
  classificationReport,
  type ReportRow,
} from "./metrics/classification-report.ts";
export { type ConfusionMatrixOptions, confusionMatrix } from "./metrics/confusion-matrix.ts";
export { type LogLossOptions, logLoss } from "./metrics/log-loss.ts";
export { type ClassScoreOptions, f1Score, precisionScore, recallScore } from "./metrics/precision-recall-f1.ts";
export { type R2Options, r2Score } from "./metrics/r2.ts";
export { makePipeline } from "./pipeline/make-pipeline.ts";
export type {
  Passed,
  PassedClasses,
  PassedFitTransform,
  PassedNames,
  PassedScore,
  RowsLike,
  TargetLike,
} from "./pipeline/passed.ts";
export { Pipeline, type PipelineOptions } from "./pipeline/pipeline.ts";
export type { NamedStep, Steps } from "./pipeline/steps.ts";
export type { Fold, Splitter } from "./split/fold.ts";
export { KFold, type KFoldOptions, StratifiedKFold } from "./split/k-fold.ts";
export {
  type Taken,
  type TrainTestParts,
  type TrainTestSplitOptions,
  trainTestSplit,
} from "./split/train-test-split.ts";
export { type CrossValScoreOptions, crossValScore } from "./validation/cross-val-score.ts";
export type { Scorer } from "./validation/scoring.ts";
