/**
 * What code that works with any estimator (pipelines, searches, splitters) knows of it: its interface, not its class.
 */
import type { CallOptions } from "../progress/progress.ts";
import type { Label } from "./data-forms.ts";
import type { EstimatorKind, Traits } from "./traits.ts";

/** An estimator without its class. What only some kinds have is optional. */
export interface EstimatorLike {
  readonly kind: EstimatorKind;
  readonly traits: Traits;
  /** Classifiers; throws before `fit`. */
  readonly classes?: readonly Label[];
  fit(X: unknown, y?: unknown, options?: CallOptions): Promise<unknown>;
  getParams(options?: { readonly deep?: boolean }): Record<string, unknown>;
  setParams(params: Readonly<Record<string, unknown>>): unknown;
  clone(): unknown;
  predict?(X: unknown, options?: CallOptions): Promise<unknown>;
  predictProba?(X: unknown, options?: CallOptions): Promise<unknown>;
  predictLogProba?(X: unknown, options?: CallOptions): Promise<unknown>;
  decisionFunction?(X: unknown, options?: CallOptions): Promise<unknown>;
  score?(X: unknown, y: unknown, options?: CallOptions): Promise<number>;
  transform?(X: unknown, options?: CallOptions): Promise<unknown>;
  fitTransform?(X: unknown, y?: unknown, options?: CallOptions): Promise<unknown>;
  inverseTransform?(X: unknown, options?: CallOptions): Promise<unknown>;
  getFeatureNamesOut?(): readonly string[];
}

const METHODS = ["fit", "getParams", "setParams", "clone"] as const;

/** True for estimators, those of another copy of this package too. */
export function isEstimatorLike(value: unknown): value is EstimatorLike {
  return hasMethods(value, METHODS);
}

/** Whether `value` is an object with these methods. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
