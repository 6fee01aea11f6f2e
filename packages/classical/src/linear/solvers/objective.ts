/**
 * What solvers minimise, and what they answer. A solver knows nothing of data, machines or models; an objective knows
 * nothing of steps.
 */

/** A smooth function of `size` parameters. */
export interface Objective {
  readonly size: number;
  /** `f(w)`; writes `∇f(w)` into `gradient`. */
  evaluate(w: Float64Array, gradient: Float64Array): Promise<number>;
}

/** One that Newton's method can minimise too. */
export interface CurvedObjective extends Objective {
  /**
   * `∇²f(w)`, `[size, size]` row-major. Where `f` is flat along known directions, any curvature may be added along
   * them: the gradient has no part there, so the Newton step has none either.
   */
  hessian(w: Float64Array): Promise<Float64Array>;
}

/** Where the search is. Passed to `onIteration`, which may wait, or throw to stop. */
export interface Iterate {
  /** Iterations done. */
  readonly iteration: number;
  readonly value: number;
  /** The largest `|∂f/∂w_j|`. */
  readonly gradientMax: number;
}

export interface SolverOptions {
  /** Stops when the largest `|∂f/∂w_j|` is at most this. */
  readonly tol: number;
  readonly maxIter: number;
  readonly onIteration?: (iterate: Iterate) => Promise<void>;
}

export interface Minimum extends Iterate {
  readonly w: Float64Array;
  /** Whether `tol` was reached. If not, `iteration` tells why: all of `maxIter`, or rounding allowed no more progress. */
  readonly converged: boolean;
}

/** `x · y` */
export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}

/** `y += a x`, in place. */
export function addScaled(y: Float64Array, a: number, x: Float64Array): void {
  for (let i = 0; i < x.length; i++) y[i]! += a * x[i]!;
}

/** `max |x_i|`; NaN if there is one. */
export function maxAbs(x: Float64Array): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) {
    const size = Math.abs(x[i]!);
    if (!(size <= most)) most = size;
  }
  return most;
}
