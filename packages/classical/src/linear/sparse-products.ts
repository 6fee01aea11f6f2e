/**
 * Products of sparse rows with a small dense matrix, on the host: the work is proportional to the elements stored.
 */
import type { CsrMatrix } from "@skein-ml/core";

/** Rows `[from, to)` of a matrix. */
export interface RowRange {
  readonly from: number;
  readonly to: number;
}

/** Multiplications between two turns of the event loop: some ten milliseconds. */
const BLOCK_PRODUCTS = 1 << 22;

/** The rows of a matrix in runs that are quickly multiplied with `r` columns. */
export function* rowRuns({ indptr, shape }: CsrMatrix, r: number): Generator<RowRange> {
  const [n] = shape;
  let from = 0;
  for (let to = 1; to <= n; to++) {
    // An empty row costs something too.
    const work = (indptr[to]! - indptr[from]! + to - from) * r;
    if (to < n && work < BLOCK_PRODUCTS) continue;
    yield { from, to };
    from = to;
  }
}

/**
 * `X W + b` of some rows.
 *
 * @param W  `[p, r]` row-major
 * @param b  `[r]`
 * @returns  `[rows, r]`
 */
export function csrTimes(X: CsrMatrix, W: Float64Array, b: ArrayLike<number>, { from, to }: RowRange): Float64Array {
  const { data, indices, indptr } = X;
  const r = b.length;
  const result = new Float64Array((to - from) * r);
  const sums = new Float64Array(r);
  for (let i = from; i < to; i++) {
    for (let k = 0; k < r; k++) sums[k] = b[k]!;
    const end = indptr[i + 1]!;
    for (let at = indptr[i]!; at < end; at++) {
      const value = data[at]!;
      let column = indices[at]! * r;
      for (let k = 0; k < r; k++) sums[k]! += value * W[column++]!;
    }
    result.set(sums, (i - from) * r);
  }
  return result;
}

/**
 * Add `Xᵀ R` of some rows to a sum.
 *
 * @param R      `[rows, r]`
 * @param total  `[p, r]`, added to
 */
export function addCsrTransposeTimes(X: CsrMatrix, R: Float64Array, total: Float64Array, { from, to }: RowRange): void {
  const { data, indices, indptr } = X;
  const r = R.length / (to - from);
  const factors = new Float64Array(r);
  for (let i = from; i < to; i++) {
    for (let k = 0; k < r; k++) factors[k] = R[(i - from) * r + k]!;
    const end = indptr[i + 1]!;
    for (let at = indptr[i]!; at < end; at++) {
      const value = data[at]!;
      let column = indices[at]! * r;
      for (let k = 0; k < r; k++) total[column++]! += value * factors[k]!;
    }
  }
}

/** `[rows, columns]` -> `[columns, rows]`, both row-major. */
export function transposed(W: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = W[i * columns + j]!;
  return result;
}
