/**
 * L-BFGS: a quasi-Newton method that remembers the last few steps instead of a matrix.
 */
import { lineSearch, type Point } from "./line-search.ts";
import { addScaled, dot, type Minimum, maxAbs, type Objective, type SolverOptions } from "./objective.ts";

/** Steps remembered, as in SciPy. */
const MEMORY = 10;

/** A step `s`, the change `y` of the gradient along it, and `1 / s·y`. */
interface Correction {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/**
 * Minimise a smooth function.
 *
 * Unlike SciPy's, it does not stop because the value hardly falls any more: it goes on until the gradient is small or
 * rounding allows no further step.
 *
 * @param start  where to begin; not changed
 * @source Liu, Nocedal, Mathematical Programming 45, 1989; Nocedal, Wright, Numerical Optimization, 2006, algorithm 7.5
 */
export async function lbfgs(objective: Objective, start: Float64Array, options: SolverOptions): Promise<Minimum> {
  const { tol, maxIter, onIteration } = options;
  const gradient = new Float64Array(objective.size);
  let at: Point = { w: start.slice(), value: await objective.evaluate(start, gradient), gradient };
  const memory: Correction[] = [];
  let iteration = 0;
  while (!(maxAbs(at.gradient) <= tol) && iteration < maxIter) {
    const direction = descent(memory, at.gradient);
    const first = memory.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(at.gradient, at.gradient)));
    const next = await lineSearch(objective, at, direction, first);
    if (!next) {
      // Stale memory can spoil a direction; plain descent is the last word.
      if (memory.length === 0) break;
      memory.length = 0;
      continue;
    }
    remember(memory, at, next);
    at = next;
    iteration++;
    await onIteration?.({ iteration, value: at.value, gradientMax: maxAbs(at.gradient) });
  }
  const gradientMax = maxAbs(at.gradient);
  return { w: at.w, value: at.value, iteration, gradientMax, converged: gradientMax <= tol };
}

/** `-H g`, where H is the inverse Hessian that the memory implies: the two-loop recursion. */
function descent(memory: readonly Correction[], gradient: Float64Array): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const alphas: number[] = [];
  for (let i = memory.length - 1; i >= 0; i--) {
    const { s, y, rho } = memory[i]!;
    const alpha = rho * dot(s, direction);
    alphas[i] = alpha;
    addScaled(direction, -alpha, y);
  }
  const last = memory[memory.length - 1];
  if (last) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let j = 0; j < direction.length; j++) direction[j]! *= scale;
  }
  for (const [i, { s, y, rho }] of memory.entries()) addScaled(direction, alphas[i]! - rho * dot(y, direction), s);
  return direction;
}

/** Add the step from `at` to `next`, unless it shows no curvature; forget the oldest if there are too many. */
function remember(memory: Correction[], at: Point, next: Point): void {
  const s = next.w.map((value, j) => value - at.w[j]!);
  const y = next.gradient.map((slope, j) => slope - at.gradient[j]!);
  const curvature = dot(s, y);
  if (!(curvature > Number.EPSILON * dot(y, y))) return;
  memory.push({ s, y, rho: 1 / curvature });
  if (memory.length > MEMORY) memory.shift();
}
