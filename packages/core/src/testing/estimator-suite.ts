/**
 * The proof of an estimator: what holds for everything that speaks the Estimator contract, checked by kind and traits.
 * Our own packages run it over all they export, and so can anyone's.
 *
 * The checks are plain functions that throw; `describe` and `it` come from the caller, so any test framework will do and
 * this package needs none.
 */
import { Estimator } from "../estimator/estimator.ts";
import { dataChecks } from "./estimator-suite-data.ts";
import { fitChecks } from "./estimator-suite-fit.ts";
import { modelChecks } from "./estimator-suite-model.ts";
import { optionChecks } from "./estimator-suite-options.ts";
import {
  type EstimatorCheck,
  type Model,
  type Sample,
  type Subject,
  sampleFor,
  seeded,
} from "./estimator-suite-samples.ts";

/** How to run the suite. */
export interface EstimatorSuiteOptions {
  /** Of vitest, jest, mocha or `node:test`. */
  readonly describe: (name: string, body: () => void) => void;
  readonly it: (name: string, body: () => void | Promise<void>) => void;
  /** How to make an estimator that needs options, or is quicker with some; by exported name. */
  readonly make?: Readonly<Record<string, () => Estimator<object, object>>>;
  /** Data to learn from instead of the suite's own; by exported name. */
  readonly samples?: Readonly<Record<string, Sample>>;
  /** Exports that are no estimators to be checked, such as base classes, with the reason. */
  readonly except?: Readonly<Record<string, string>>;
}

/**
 * Register the checks of every estimator that a module exports.
 *
 * @param exports  the module: `import * as linear from "..."`. None of its estimators can be left out but by `except`
 * @throws Error   if there is no estimator among the exports, or `make`, `samples` or `except` names none
 * @example
 * ```text
 * import { describe, it } from "vitest";
 * import * as linear from "./index.ts";
 * estimatorSuite(linear, { describe, it });
 * ```
 */
export function estimatorSuite(exports: Readonly<Record<string, unknown>>, options: EstimatorSuiteOptions): void {
  const { describe, it, except = {} } = options;
  const found = Object.entries(exports).filter(([, value]) => isEstimatorClass(value));
  const names = found.map(([name]) => name);
  if (names.length === 0) throw new Error("estimatorSuite: the module exports no estimators");
  const strangers = [options.make, options.samples, except].flatMap((record) => Object.keys(record ?? {}));
  const stranger = strangers.find((name) => !names.includes(name));
  if (stranger !== undefined) throw new Error(`estimatorSuite: the module exports no estimator ${stranger}`);
  for (const [name, Class] of found) {
    if (Object.hasOwn(except, name)) continue;
    describe(name, () => {
      for (const check of estimatorChecks(name, Class as EstimatorConstructor, options)) it(check.name, check.run);
    });
  }
}

/** The checks of one estimator class, for running them one by one. */
export function estimatorChecks(
  name: string,
  Class: EstimatorConstructor,
  options: Pick<EstimatorSuiteOptions, "make" | "samples"> = {},
): EstimatorCheck[] {
  const make = (options.make?.[name] ?? (() => new Class())) as () => Model;
  try {
    const sample = options.samples?.[name] ?? sampleFor(make());
    const subject: Subject = { name, make: () => seeded(make()), sample };
    return [...optionChecks(subject), ...fitChecks(subject), ...dataChecks(subject), ...modelChecks(subject)];
  } catch (error) {
    return [{ name: "can be made", run: () => Promise.reject(error) }];
  }
}

/** A class of estimators. */
export type EstimatorConstructor = new (options?: object) => Estimator<object, object>;

function isEstimatorClass(value: unknown): boolean {
  return typeof value === "function" && value.prototype instanceof Estimator;
}
