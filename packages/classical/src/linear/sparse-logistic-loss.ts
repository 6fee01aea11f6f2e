/**
 * The data part of logistic regression on sparse rows, on the host: two passes over the stored elements an evaluation.
 */
import type { Context, CsrMatrix } from "@skein-ml/core";
import { linkedProbabilities } from "./linear-decision.ts";
import {
  type LogisticLoss,
  type LogisticProblem,
  type ParameterShape,
  parameterShape,
  splitParameters,
} from "./logistic-problem.ts";
import { csrTimes, csrTransposeTimes } from "./sparse-products.ts";

/** Rows that the Hessian is summed from between two turns of the event loop. */
const BLOCK_ROWS = 64;

export class SparseLogisticLoss implements LogisticLoss {
  readonly #problem: LogisticProblem;
  readonly #X: CsrMatrix;
  readonly #shape: ParameterShape;
  readonly #context: Context;

  constructor(problem: LogisticProblem, X: CsrMatrix, context: Context) {
    this.#problem = problem;
    this.#X = X;
    this.#shape = parameterShape(problem);
    this.#context = context;
  }

  async evaluate(w: Float64Array, gradient: Float64Array): Promise<number> {
    const { rows, columns, features } = this.#shape;
    await this.#context.turn();
    const slopes = this.#logits(w);
    const loss = rows === 1 ? binarySlopes(slopes, this.#problem) : softmaxSlopes(slopes, this.#problem);
    await this.#context.turn();
    const byColumn = csrTransposeTimes(this.#X, slopes, rows);
    gradient.fill(0);
    for (let k = 0; k < rows; k++) {
      for (let j = 0; j < features; j++) gradient[k * columns + j] = byColumn[j * rows + k]!;
    }
    if (columns > features) {
      for (let at = 0; at < slopes.length; at++) gradient[(at % rows) * columns + features]! += slopes[at]!;
    }
    return loss;
  }

  async hessian(w: Float64Array): Promise<Float64Array> {
    const { classCount, weights } = this.#problem;
    const { rows } = this.#shape;
    const n = weights.length;
    const probabilities = linkedProbabilities(this.#logits(w), n, classCount, false);
    const result = new Float64Array(w.length * w.length);
    const curvature = new Float64Array(rows * rows);
    for (let i = 0; i < n; i++) {
      if (i % BLOCK_ROWS === 0) await this.#context.turn();
      // Two classes have one row of parameters, that of the second.
      const p = probabilities.subarray((i + 1) * classCount - rows, (i + 1) * classCount);
      for (let k = 0; k < rows; k++) {
        for (let l = 0; l < rows; l++) curvature[k * rows + l] = weights[i]! * p[k]! * (Number(k === l) - p[l]!);
      }
      this.#addOuter(result, i, curvature);
    }
    return result;
  }

  dispose(): void {}

  #logits(w: Float64Array): Float64Array {
    const { coef, intercept } = splitParameters(w, this.#shape);
    return csrTimes(this.#X, coef, intercept);
  }

  /** Add `curvature ⊗ x xᵀ` of row `i`, `curvature [r, r]`. */
  #addOuter(result: Float64Array, i: number, curvature: Float64Array): void {
    const { rows, columns, features } = this.#shape;
    const size = rows * columns;
    const { data, indices, indptr } = this.#X;
    const from = indptr[i]!;
    // The intercept is one more element, a 1 in the last column.
    const to = indptr[i + 1]! + columns - features;
    const end = indptr[i + 1]!;
    for (let a = from; a < to; a++) {
      const [ja, xa] = a < end ? [indices[a]!, data[a]!] : [features, 1];
      for (let b = from; b < to; b++) {
        const jb = b < end ? indices[b]! : features;
        const product = xa * (b < end ? data[b]! : 1);
        for (let k = 0; k < rows; k++) {
          const line = (k * columns + ja) * size + jb;
          for (let l = 0; l < rows; l++) result[line + l * columns]! += product * curvature[k * rows + l]!;
        }
      }
    }
  }
}

/** The loss of logits `[n, 1]`, which become slopes. */
function binarySlopes(z: Float64Array, { y, weights }: LogisticProblem): number {
  let loss = 0;
  for (let i = 0; i < z.length; i++) {
    const tail = Math.exp(-Math.abs(z[i]!));
    const probability = z[i]! > 0 ? 1 / (1 + tail) : tail / (1 + tail);
    loss += weights[i]! * (Math.max(z[i]!, 0) + Math.log1p(tail) - y[i]! * z[i]!);
    z[i] = weights[i]! * (probability - y[i]!);
  }
  return loss;
}

/** The loss of logits `[n, k]`, which become slopes. */
function softmaxSlopes(z: Float64Array, { y, weights, classCount: k }: LogisticProblem): number {
  let loss = 0;
  for (let i = 0; i < y.length; i++) {
    const row = z.subarray(i * k, (i + 1) * k);
    const right = row[y[i]!]!;
    let most = row[0]!;
    for (let c = 1; c < k; c++) most = Math.max(most, row[c]!);
    let total = 0;
    for (let c = 0; c < k; c++) {
      row[c] = Math.exp(row[c]! - most);
      total += row[c]!;
    }
    loss += weights[i]! * (most + Math.log(total) - right);
    for (let c = 0; c < k; c++) row[c] = weights[i]! * (row[c]! / total - Number(y[i] === c));
  }
  return loss;
}
