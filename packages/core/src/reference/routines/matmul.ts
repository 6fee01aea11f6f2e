/**
 * Reference of `matmul`, by its definition `out[b, i, j] = Σ_k a[b, i, k] · b[b, k, j]`.
 */
import { type ReferenceView, store, values } from "../view.ts";

/** `a [b, m, k]`, `b [b, k, n]` -> `[b, m, n]`. Floats are summed in float64, int32 wraps. */
export function matmul(inputs: readonly ReferenceView[], outputs: readonly ReferenceView[]): void {
  const [left, right] = [inputs[0]!, inputs[1]!];
  const [batch = 1, m = 1, k = 1] = left.shape;
  const n = right.shape[2]!;
  const [a, b] = [values(left), values(right)];
  const result = new Float64Array(batch * m * n);
  const dot = left.dtype === "int32" ? dotInt32 : dotFloat;
  for (let row = 0; row < batch * m; row++) {
    const first = Math.floor(row / m) * k * n;
    for (let j = 0; j < n; j++) {
      result[row * n + j] = dot(a.subarray(row * k, (row + 1) * k), b, first + j, n);
    }
  }
  store(outputs[0]!, result);
}

/** `Σ_i x[i] · y[start + i·stride]`. */
function dotFloat(x: Float64Array, y: Float64Array, start: number, stride: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[start + i * stride]!;
  return sum;
}

/** The same modulo 2³², as a signed integer. */
function dotInt32(x: Float64Array, y: Float64Array, start: number, stride: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum = (sum + Math.imul(x[i]!, y[start + i * stride]!)) | 0;
  return sum;
}
