/**
 * References of `cholesky` and `triangularSolve`, column by column as in the textbooks.
 */
import type { RoutineParams } from "../../backend/routines.ts";
import { type ReferenceView, store, values } from "../view.ts";

/**
 * `a [b, n, n]` -> lower `L` with `L Lᵀ = a`, zeros above. Only the lower triangle of `a` is read; a matrix of the
 * batch that isn't positive definite gives NaN throughout.
 */
export function cholesky(inputs: readonly ReferenceView[], outputs: readonly ReferenceView[]): void {
  const [batch = 1, n = 1] = inputs[0]!.shape;
  const a = values(inputs[0]!);
  for (let b = 0; b < batch; b++) factor(a.subarray(b * n * n, (b + 1) * n * n), n);
  store(outputs[0]!, a);
}

/** In place: `L[j, j] = √(a[j, j] - Σ_k L[j, k]²)`, `L[i, j] = (a[i, j] - Σ_k L[i, k] L[j, k]) / L[j, j]`, k < j. */
function factor(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    const pivot = a[j * n + j]! - dotRows(a, n, j, j, j);
    if (!(pivot > 0 && pivot < Infinity)) return void a.fill(NaN);
    a[j * n + j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) a[i * n + j] = (a[i * n + j]! - dotRows(a, n, i, j, j)) / a[j * n + j]!;
    a.fill(0, j * n + j + 1, (j + 1) * n);
  }
}

/** Inner product of the first `count` elements of rows i and j. */
function dotRows(a: Float64Array, n: number, i: number, j: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[i * n + k]! * a[j * n + k]!;
  return sum;
}

/**
 * `a [b, n, n]`, `rhs [b, n, k]` -> x `[b, n, k]` with `op(a) x = rhs`. Only the lower (or upper) triangle of `a` is
 * read; `op` is the transpose if `transpose`. A zero on the diagonal divides by zero.
 */
export function triangularSolve(
  { lower, transpose }: RoutineParams["triangularSolve"],
  inputs: readonly ReferenceView[],
  outputs: readonly ReferenceView[],
): void {
  const [batch = 1, n = 1, k = 1] = inputs[1]!.shape;
  const [a, x] = [values(inputs[0]!), values(inputs[1]!)];
  for (let b = 0; b < batch; b++) {
    const matrix = a.subarray(b * n * n, (b + 1) * n * n);
    const element = transpose
      ? (i: number, j: number) => matrix[j * n + i]!
      : (i: number, j: number) => matrix[i * n + j]!;
    substitute(element, x.subarray(b * n * k, (b + 1) * n * k), { n, k, forward: lower !== transpose });
  }
  store(outputs[0]!, x);
}

/** `x[i] = (rhs[i] - Σ_j a[i, j] x[j]) / a[i, i]` over the rows j solved before, downwards or upwards. */
function substitute(
  a: (i: number, j: number) => number,
  x: Float64Array,
  { n, k, forward }: { n: number; k: number; forward: boolean },
): void {
  for (let step = 0; step < n; step++) {
    const i = forward ? step : n - 1 - step;
    for (let column = 0; column < k; column++) {
      let rest = x[i * k + column]!;
      for (let before = 0; before < step; before++) {
        const j = forward ? before : n - 1 - before;
        rest -= a(i, j) * x[j * k + column]!;
      }
      x[i * k + column] = rest / a(i, i);
    }
  }
}
