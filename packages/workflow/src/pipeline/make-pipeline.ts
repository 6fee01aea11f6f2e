import type { EstimatorLike } from "@skein-ml/core";
import { Pipeline } from "./pipeline.ts";
import type { NamedStep } from "./steps.ts";

/**
 * A pipeline whose steps are named after their classes, beginning with a small letter: `standardScaler`. Where a class
 * comes twice its steps are numbered: `standardScaler1`, `standardScaler2`.
 *
 * @throws OptionError  as `Pipeline` does
 * @source scikit-learn 1.9, `make_pipeline` (whose names are all small)
 * @example makePipeline(new StandardScaler(), new LogisticRegression()).setParams({ logisticRegression__C: 0.5 })
 */
export function makePipeline<Last extends EstimatorLike>(
  ...estimators: readonly [...EstimatorLike[], Last]
): Pipeline<Last> {
  const names = estimators.map(nameOf);
  const steps = estimators.map((estimator, i): NamedStep => {
    const name = names[i] as string;
    const twice = names.indexOf(name) !== names.lastIndexOf(name);
    const place = names.slice(0, i + 1).filter((other) => other === name).length;
    return [twice ? `${name}${place}` : name, estimator];
  });
  return new Pipeline<Last>({ steps: steps as [...NamedStep[], NamedStep<Last>] });
}

function nameOf(estimator: EstimatorLike): string {
  const { className = "estimator" } = (estimator?.constructor ?? {}) as { readonly className?: string };
  return `${className.charAt(0).toLowerCase()}${className.slice(1)}`;
}
