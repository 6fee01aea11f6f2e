/**
 * What code that works with any estimator (pipelines, searches, splitters) knows of it: its interface, not its class.
 */
import type { CallOptions } from "../progress/progress.ts";
import type { Label } from "./data-forms.ts";
import type { EstimatorKind, Traits } from "./traits.ts";

/** Types of methods, as methods: an estimator may ask more of its arguments than is known here. */
interface Calls {
  look(X: unknown, options?: CallOptions): Promise<unknown>;
  learn(X: unknown, y?: unknown, options?: CallOptions): Promise<unknown>;
  score(X: unknown, y: unknown, options?: CallOptions): Promise<number>;
}

/** An estimator without its class. What only some kinds have is optional. */
export interface EstimatorLike {
  readonly kind: EstimatorKind;
  readonly traits: Traits;
  /** Classifiers; throws before `fit`. */
  readonly classes?: readonly Label[] | undefined;
  fit(X: unknown, y?: unknown, options?: CallOptions): Promise<unknown>;
  partialFit?(X: unknown, y?: unknown, options?: CallOptions): Promise<unknown>;
  getParams(options?: { readonly deep?: boolean }): Record<string, unknown>;
  setParams(params: Readonly<Record<string, unknown>>): unknown;
  clone(): unknown;
  readonly predict?: Calls["look"] | undefined;
  readonly predictProba?: Calls["look"] | undefined;
  readonly predictLogProba?: Calls["look"] | undefined;
  readonly decisionFunction?: Calls["look"] | undefined;
  readonly score?: Calls["score"] | undefined;
  readonly transform?: Calls["look"] | undefined;
  readonly fitTransform?: Calls["learn"] | undefined;
  readonly inverseTransform?: Calls["look"] | undefined;
  readonly getFeatureNamesOut?: (() => readonly string[]) | undefined;
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
