/**
 * The steps of a pipeline: what may be one, and what a pipeline can do because of them.
 */
import { check, type EstimatorLike, type Traits } from "@skein-ml/core";

/** An estimator with its name. */
export type NamedStep<E = EstimatorLike> = readonly [name: string, estimator: E];

/** Steps in their order; all but the last transform. */
export type Steps = readonly NamedStep[];

/** What the option `steps` may be. */
export function stepsOption(): check.Checker<Steps> {
  const named: check.Checker<NamedStep> = check.tuple(check.string(), check.estimator());
  const transformer = check.estimator({ needs: ["transform"] });
  const wanted = "named differently and without `__`, all but the last with `transform`";
  return check.where(check.list(named, { min: 1 }), wanted, (steps, dims) => {
    const names = steps.map(([name]) => name);
    return (
      new Set(names).size === names.length &&
      names.every((name) => name !== "" && name !== "steps" && !name.includes("__")) &&
      steps.slice(0, -1).every(([, estimator]) => transformer.accepts(estimator, dims))
    );
  });
}

/** What a chain of steps can do: it takes what the first takes, and gives what the last gives. */
export function traitsOf(steps: Steps): Traits {
  const all = steps.map(([, { traits }]) => traits);
  const [first = {}, last = {}] = [all[0], all[all.length - 1]];
  const some = (name: "sampleWeight" | "iterative" | "random" | "needsY"): boolean =>
    all.some((traits) => traits[name] ?? false);
  return {
    input: first.input ?? "matrix",
    sparse: first.sparse ?? false,
    missing: all.every((traits) => traits.missing ?? false),
    nonNegative: first.nonNegative ?? false,
    multiOutput: last.multiOutput ?? false,
    validation: last.validation ?? false,
    sampleWeight: some("sampleWeight"),
    iterative: some("iterative"),
    random: some("random"),
    needsY: some("needsY"),
    tolerance: Math.max(...all.map((traits) => traits.tolerance ?? 1e-9)),
  };
}

/** The last step's estimator. */
export function lastOf(steps: Steps): EstimatorLike {
  return (steps[steps.length - 1] as NamedStep)[1];
}
