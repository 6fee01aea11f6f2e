/**
 * From coefficients to decision values and probabilities: what every linear classifier does with new rows.
 */
import {
  add,
  type DenseMatrix,
  type Device,
  type Matrix,
  matmul,
  scope,
  type Tensor,
  tensor,
  transpose,
} from "@skein-ml/core";
import { type CsrRows, csrTimes } from "./sparse-products.ts";

/** Coefficients `[r, p]` and intercepts `[r]`. */
export interface LinearState {
  readonly coef: Tensor;
  readonly intercept: Tensor;
}

/** `X coefᵀ + intercept`, `[n, r]` row-major. Dense rows go through the machine. */
export async function decisionValues(
  X: Matrix,
  { coef, intercept }: LinearState,
  device: Device,
): Promise<Float64Array> {
  if (X.kind === "dense") return denseDecisions(X, { coef, intercept }, device);
  return csrTimes(X satisfies CsrRows, coef.data, intercept.data);
}

async function denseDecisions(X: DenseMatrix, { coef, intercept }: LinearState, device: Device): Promise<Float64Array> {
  const result = scope(() => {
    const rows = tensor(X.data, { shape: X.shape, dtype: "float64", device });
    return add(matmul(rows, transpose(coef)), intercept);
  });
  const values = await result.read();
  result.dispose();
  return values instanceof Float64Array ? values : Float64Array.from(values);
}

/**
 * Probabilities from decision values: the logistic function of one column, softmax of more.
 *
 * @param values  `[n, 1]` for two classes, else `[n, k]`
 * @param logs    give logarithms, finite where a probability underflows
 * @returns       `[n, k]`
 */
export function linkedProbabilities(values: Float64Array, n: number, k: number, logs: boolean): Float64Array {
  const result = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    if (k === 2) result.set(logistic(values[i]!, logs), i * 2);
    else softmaxInto(result.subarray(i * k, (i + 1) * k), values.subarray(i * k, (i + 1) * k), logs);
  }
  return result;
}

/** Probabilities of the first and the second class. */
function logistic(z: number, logs: boolean): [number, number] {
  const tail = Math.exp(-Math.abs(z));
  if (logs) {
    const nearer = -Math.log1p(tail);
    const farther = nearer - Math.abs(z);
    return z > 0 ? [farther, nearer] : [nearer, farther];
  }
  const [nearer, farther] = [1 / (1 + tail), tail / (1 + tail)];
  return z > 0 ? [farther, nearer] : [nearer, farther];
}

function softmaxInto(result: Float64Array, values: Float64Array, logs: boolean): void {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < values.length; k++) most = Math.max(most, values[k]!);
  let total = 0;
  for (let k = 0; k < values.length; k++) {
    result[k] = Math.exp(values[k]! - most);
    total += result[k]!;
  }
  for (let k = 0; k < values.length; k++) result[k] = logs ? values[k]! - most - Math.log(total) : result[k]! / total;
}
