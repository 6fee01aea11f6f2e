/**
 * From coefficients to decision values and probabilities: what every linear classifier does with new rows.
 */
import {
  add,
  type Context,
  type CsrMatrix,
  type DenseMatrix,
  type Device,
  type Matrix,
  matmul,
  scope,
  type Tensor,
  tensor,
  transpose,
} from "@skein-ml/core";
import { csrTimes, type RowRange, rowRuns, transposed } from "./sparse-products.ts";

/** Coefficients `[r, p]` and intercepts `[r]`. */
export interface LinearState {
  readonly coef: Tensor;
  readonly intercept: Tensor;
}

/** Numbers that go to the machine between two turns of the event loop. */
const BLOCK = 1 << 18;

/**
 * Decision values `X coefᵀ + intercept`, and what is made of them, some rows at a time.
 *
 * @param width  numbers that `link` makes of each row
 * @param link   gets decision values `[rows, r]` and their number of rows, gives `[rows, width]`
 * @returns      `[n, width]`
 */
export async function linkedDecisions(
  X: Matrix,
  state: LinearState,
  { device, context }: { readonly device: Device; readonly context: Context },
  width: number,
  link: (values: Float64Array, rows: number) => ArrayLike<number>,
): Promise<Float64Array> {
  const result = new Float64Array(X.shape[0] * width);
  const decide = X.kind === "dense" ? denseDecisions(X, state, device) : sparseDecisions(X, state);
  for (const run of X.kind === "dense" ? denseRuns(X) : rowRuns(X, state.intercept.size)) {
    await context.turn();
    result.set(link(await decide(run), run.to - run.from), run.from * width);
  }
  return result;
}

type Decide = (run: RowRange) => Float64Array | Promise<Float64Array>;

function sparseDecisions(X: CsrMatrix, { coef, intercept }: LinearState): Decide {
  const columns = transposed(coef.data, intercept.size, X.shape[1]);
  return (run) => csrTimes(X, columns, intercept.data, run);
}

function denseDecisions({ data, shape }: DenseMatrix, { coef, intercept }: LinearState, device: Device): Decide {
  const p = shape[1];
  return async ({ from, to }) => {
    const result = scope(() => {
      const rows = tensor(data.subarray(from * p, to * p), { shape: [to - from, p], dtype: "float64", device });
      return add(matmul(rows, transpose(coef)), intercept);
    });
    const values = Float64Array.from(await result.read());
    result.dispose();
    return values;
  };
}

function* denseRuns({ shape: [n, p] }: DenseMatrix): Generator<RowRange> {
  const size = Math.max(1, Math.floor(BLOCK / p));
  for (let from = 0; from < n; from += size) yield { from, to: Math.min(n, from + size) };
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
