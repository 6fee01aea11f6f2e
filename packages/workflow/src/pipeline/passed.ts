/**
 * Types of the methods that a pipeline passes on: it has those of its last step, with their results.
 */
import type {
  CallOptions,
  FitOptions,
  LabelsLike,
  MatrixLike,
  NumbersLike,
  ScoreOptions,
  TextsLike,
} from "@skein-ml/core";

/** What the first step of a pipeline takes. */
export type RowsLike = MatrixLike | TextsLike;

/** What the last step learns from. */
export type TargetLike = LabelsLike | NumbersLike;

/** What a method of an estimator gives; never, if the estimator does not have it. */
type ResultOf<Last, Name extends string> = Name extends keyof Last
  ? NonNullable<Last[Name]> extends (...args: never[]) => Promise<infer Result>
    ? Result
    : never
  : never;

/** A method of the last step as the pipeline's; undefined if the step does not have it. */
export type Passed<Last, Name extends string> = Name extends keyof Last
  ? (X: RowsLike, options?: CallOptions) => Promise<ResultOf<Last, Name>>
  : undefined;

/** `score` of the last step as the pipeline's. */
export type PassedScore<Last> = "score" extends keyof Last
  ? (X: RowsLike, y: TargetLike, options?: ScoreOptions) => Promise<number>
  : undefined;

/** `fitTransform` of a pipeline whose last step transforms. */
export type PassedFitTransform<Last> = "transform" extends keyof Last
  ? (X: RowsLike, y?: TargetLike, options?: FitOptions<RowsLike>) => Promise<ResultOf<Last, "transform">>
  : undefined;

/** `getFeatureNamesOut` of a pipeline whose last step transforms. */
export type PassedNames<Last> = "getFeatureNamesOut" extends keyof Last ? () => readonly string[] : undefined;
