/**
 * Products of sparse rows with a small dense matrix, on the host: the work is proportional to the elements stored.
 */
import type { CsrMatrix } from "@skein-ml/core";

/** What is needed of a sparse matrix. */
export type CsrRows = Pick<CsrMatrix, "shape" | "data" | "indices" | "indptr">;

/** `X Wᵀ + b`: `X [n, p]`, `W [r, p]` row-major, `b [r]` -> `[n, r]`. */
export function csrTimes(X: CsrRows, W: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const [n, p] = X.shape;
  const r = b.length;
  const { data, indices, indptr } = X;
  const columns = transposed(W, r, p);
  const result = new Float64Array(n * r);
  const sums = new Float64Array(r);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < r; k++) sums[k] = b[k]!;
    const end = indptr[i + 1]!;
    for (let at = indptr[i]!; at < end; at++) {
      const value = data[at]!;
      let from = indices[at]! * r;
      for (let k = 0; k < r; k++) sums[k]! += value * columns[from++]!;
    }
    for (let k = 0; k < r; k++) result[i * r + k] = sums[k]!;
  }
  return result;
}

/** `Rᵀ X`: `R [n, r]`, `X [n, p]` -> `[p, r]`, that is transposed, as `csrTimes` reads its coefficients. */
export function csrTransposeTimes(X: CsrRows, R: Float64Array, r: number): Float64Array {
  const [n, p] = X.shape;
  const { data, indices, indptr } = X;
  const result = new Float64Array(p * r);
  const factors = new Float64Array(r);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < r; k++) factors[k] = R[i * r + k]!;
    const end = indptr[i + 1]!;
    for (let at = indptr[i]!; at < end; at++) {
      const value = data[at]!;
      let to = indices[at]! * r;
      for (let k = 0; k < r; k++) result[to++]! += value * factors[k]!;
    }
  }
  return result;
}

/** `[rows, columns]` -> `[columns, rows]`, both row-major. */
function transposed(W: ArrayLike<number>, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = W[i * columns + j]!;
  return result;
}
