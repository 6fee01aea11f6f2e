/**
 * A step along a direction that satisfies the strong Wolfe conditions: the value falls enough and the slope flattens
 * enough.
 *
 *     φ(α) = f(w + α d)      φ(α) <= φ(0) + c₁ α φ'(0)      |φ'(α)| <= c₂ |φ'(0)|
 *
 * Near the minimum, changes of φ drown in its rounding long before the slopes do. So the first condition allows for
 * that rounding, and the search then goes by slopes alone (the idea of "approximate Wolfe conditions").
 *
 * @source Nocedal, Wright, Numerical Optimization, 2006, section 3.5
 * @source Hager, Zhang, SIAM J. Optim. 16(1), 2005, section 4
 */
import { addScaled, dot, type Objective } from "./objective.ts";

/** c₁ and c₂, the usual ones for quasi-Newton directions. */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Rounding of a value, relative: sums of many terms lose a few bits. */
const VALUE_ROUNDING = 16 * Number.EPSILON;
const MAX_EVALUATIONS = 50;
/** An interval this small, relative to its end, has nothing left to find. */
const SMALLEST_INTERVAL = 1e-12;

/** A point with its value and gradient. */
export interface Point {
  readonly w: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

interface Trial {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/**
 * Search along `direction` from `start`.
 *
 * @param first  the step to try first
 * @returns      the point found, or undefined if the direction leads up or rounding hides every improvement
 */
export async function lineSearch(
  objective: Objective,
  start: Point,
  direction: Float64Array,
  first: number,
): Promise<Point | undefined> {
  const slope0 = dot(start.gradient, direction);
  if (!(slope0 < 0)) return undefined;
  const slack = VALUE_ROUNDING * Math.abs(start.value);
  let low: Trial = { step: 0, value: start.value, slope: slope0 };
  let high: Trial | undefined;
  let step = first;
  for (let evaluation = 0; evaluation < MAX_EVALUATIONS; evaluation++) {
    const w = start.w.slice();
    addScaled(w, step, direction);
    const gradient = new Float64Array(w.length);
    const value = await objective.evaluate(w, gradient);
    const trial: Trial = { step, value, slope: dot(gradient, direction) };
    const fell = value <= start.value + DECREASE * step * slope0 + slack;
    if (fell && Math.abs(trial.slope) <= CURVATURE * -slope0) return { w, value, gradient };
    if (fell && trial.slope < 0) low = trial;
    else high = trial;
    if (high && high.step - low.step <= SMALLEST_INTERVAL * high.step) return undefined;
    step = high ? between(low, high) : beyond(trial, first);
  }
  return undefined;
}

/** A step past `low`, where no end is known yet. */
function beyond(low: Trial, first: number): number {
  return low.step + 4 * Math.max(low.step, first);
}

/** A step between two trials: where a cubic through them has its minimum, kept away from the ends. */
function between(low: Trial, high: Trial): number {
  const width = high.step - low.step;
  const cubic = low.step + width * cubicMinimum(low, high, width);
  const margin = 0.1 * width;
  if (!Number.isFinite(cubic)) return low.step + 0.5 * width;
  return Math.min(Math.max(cubic, low.step + margin), high.step - margin);
}

/**
 * Where, as a share of the way from `a` to `b`, the cubic with their values and slopes is least; NaN if nowhere.
 * @source Nocedal, Wright, equation (3.59)
 */
function cubicMinimum(a: Trial, b: Trial, width: number): number {
  const d1 = a.slope + b.slope - (3 * (b.value - a.value)) / width;
  const d2 = Math.sqrt(d1 * d1 - a.slope * b.slope);
  return 1 - (b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2);
}
