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
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < r; k++) result[i * r + k] = b[k]!;
    for (let at = indptr[i]!; at < indptr[i + 1]!; at++) {
      const value = data[at]!;
      const column = indices[at]! * r;
      for (let k = 0; k < r; k++) result[i * r + k]! += value * columns[column + k]!;
    }
  }
  return result;
}

/** `Rᵀ X`: `R [n, r]`, `X [n, p]` -> `[p, r]`, that is transposed, as `csrTimes` reads its coefficients. */
export function csrTransposeTimes(X: CsrRows, R: Float64Array, r: number): Float64Array {
  const [n, p] = X.shape;
  const { data, indices, indptr } = X;
  const result = new Float64Array(p * r);
  for (let i = 0; i < n; i++) {
    for (let at = indptr[i]!; at < indptr[i + 1]!; at++) {
      const value = data[at]!;
      const column = indices[at]! * r;
      for (let k = 0; k < r; k++) result[column + k]! += value * R[i * r + k]!;
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
