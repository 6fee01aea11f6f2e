/**
 * Newton's method: each step solves `∇²f d = -∇f` by a Cholesky factorisation, and a line search keeps it downhill.
 */
import { lbfgs } from "./lbfgs.ts";
import { lineSearch, type Point } from "./line-search.ts";
import { type CurvedObjective, dot, type Minimum, maxAbs, type SolverOptions } from "./objective.ts";

export interface NewtonOptions extends SolverOptions {
  /** The solution of `A x = b`, `A` symmetric `[size, size]`; undefined if `A` is not positive definite. */
  readonly solve: (A: Float64Array, b: Float64Array) => Promise<Float64Array | undefined>;
}

/**
 * Minimise a convex function.
 *
 * Stops, as scikit-learn does, when the largest slope is at most `tol` and so is half the squared Newton decrement,
 * `-∇f·d / 2`. Where the Hessian is not positive definite, L-BFGS goes on from there.
 *
 * @param start  where to begin; not changed
 * @source Nocedal, Wright, Numerical Optimization, 2006, section 3.3; Boyd, Vandenberghe, Convex Optimization, 2004, 9.5
 */
export async function newtonCholesky(
  objective: CurvedObjective,
  start: Float64Array,
  options: NewtonOptions,
): Promise<Minimum> {
  const { tol, maxIter, onIteration, solve } = options;
  const gradient = new Float64Array(objective.size);
  let at: Point = { w: start.slice(), value: await objective.evaluate(start, gradient), gradient };
  let iteration = 0;
  let converged = maxAbs(gradient) <= tol;
  while (!converged && iteration < maxIter) {
    const negative = at.gradient.map((slope) => -slope);
    const direction = await solve(await objective.hessian(at.w), negative);
    const next = direction && (await lineSearch(objective, at, direction, 1));
    if (!next) return goOn(objective, at, iteration, options);
    const decrement = dot(direction, negative);
    at = next;
    iteration++;
    const gradientMax = maxAbs(at.gradient);
    converged = gradientMax <= tol && decrement / 2 <= tol;
    await onIteration?.({ iteration, value: at.value, gradientMax });
  }
  return { w: at.w, value: at.value, iteration, gradientMax: maxAbs(at.gradient), converged };
}

/** The rest of the way by L-BFGS, whose iterations count on from those done. */
async function goOn(
  objective: CurvedObjective,
  { w }: Point,
  done: number,
  { tol, maxIter, onIteration }: NewtonOptions,
): Promise<Minimum> {
  const rest = await lbfgs(objective, w, {
    tol,
    maxIter: maxIter - done,
    ...(onIteration && { onIteration: (at) => onIteration({ ...at, iteration: at.iteration + done }) }),
  });
  return { ...rest, iteration: rest.iteration + done };
}
