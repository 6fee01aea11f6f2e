/**
 * How a pipeline's steps learn: on copies, each with the options of `fit` that it takes.
 */
import type { CallOptions, Context, EstimatorLike, FitOptions, Saveable, SaveableClass } from "@skein-ml/core";
import { consume, sendThrough } from "./passage.ts";
import type { Steps } from "./steps.ts";

/**
 * A copy of a step to learn with. With `warmStart` it has what `previous`, the copy fitted before, learned.
 */
export function copyOf(given: EstimatorLike, previous: EstimatorLike | undefined): EstimatorLike {
  const options = given.getParams({ deep: false });
  const warm = options.warmStart === true && previous !== undefined && previous.constructor === given.constructor;
  if (!warm) return given.clone() as EstimatorLike;
  const Class = previous.constructor as unknown;
  const copy = (Class as SaveableClass<EstimatorLike & Saveable>).restore(
    (previous as EstimatorLike & Saveable).describe(),
  );
  copy.setParams(options);
  return copy;
}

/** Fit a transformer and give the rows transformed. */
export async function fitTransform(step: EstimatorLike, X: unknown, y: unknown, options: FitOptions): Promise<unknown> {
  const learning = optionsFor(step, options);
  if (step.fitTransform) return step.fitTransform(X, y, learning);
  await step.fit(X, y, learning);
  return step.transform?.(X, options.signal ? { signal: options.signal } : {});
}

/** Fit the last step, whose validation data goes through the fitted steps before it. */
export function fitLast(before: Steps, context: Context): typeof fitTransform {
  return async (step, X, y, options) => {
    const learning = optionsFor(step, options);
    const { validation } = options;
    if (validation === undefined) return step.fit(X, y, learning);
    const seen = await sendThrough(before, validation.X, context, (each, rows, inner) => each.transform?.(rows, inner));
    return consume(seen, validation.X, (rows) => {
      const transformed: FitOptions = { ...learning, validation: { X: rows, y: validation.y } };
      return step.fit(X, y, transformed);
    });
  };
}

/** The options of `fit` that a step takes. */
function optionsFor({ traits }: EstimatorLike, { signal, onProgress, sampleWeight }: FitOptions): CallOptions {
  const weights: FitOptions = traits.sampleWeight && sampleWeight !== undefined ? { sampleWeight } : {};
  return { ...(signal && { signal }), ...(onProgress && { onProgress }), ...weights };
}
