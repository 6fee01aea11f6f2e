/**
 * The data part of logistic regression on sparse rows, on the host, run of rows by run of rows: the work is proportional
 * to the elements stored.
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
import { addCsrTransposeTimes, csrTimes, type RowRange, rowRuns, transposed } from "./sparse-products.ts";

/** Coefficients `[p, r]` and intercepts `[r]`. */
interface Columns {
  readonly coef: Float64Array;
  readonly intercept: Float64Array;
}

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
    const { coef, intercept } = this.#columns(w);
    const coefSlopes = new Float64Array(coef.length);
    const interceptSlopes = new Float64Array(rows);
    let loss = 0;
    for (const run of rowRuns(this.#X, 2 * rows)) {
      await this.#context.turn();
      const slopes = csrTimes(this.#X, coef, intercept, run);
      loss += rows === 1 ? binarySlopes(slopes, this.#problem, run) : softmaxSlopes(slopes, this.#problem, run);
      addCsrTransposeTimes(this.#X, slopes, coefSlopes, run);
      for (let at = 0; at < slopes.length; at++) interceptSlopes[at % rows]! += slopes[at]!;
    }
    for (let k = 0; k < rows; k++) {
      for (let j = 0; j < features; j++) gradient[k * columns + j] = coefSlopes[j * rows + k]!;
      if (columns > features) gradient[k * columns + features] = interceptSlopes[k]!;
    }
    return loss;
  }

  async hessian(w: Float64Array): Promise<Float64Array> {
    const { classCount, weights } = this.#problem;
    const { rows } = this.#shape;
    const { coef, intercept } = this.#columns(w);
    const result = new Float64Array(w.length * w.length);
    const curvature = new Float64Array(rows * rows);
    const widest = this.#X.indptr.reduce((most, end, i, all) => Math.max(most, end - (all[i - 1] ?? end)), 1);
    for (const run of rowRuns(this.#X, rows * rows * widest)) {
      await this.#context.turn();
      const logits = csrTimes(this.#X, coef, intercept, run);
      const probabilities = linkedProbabilities(logits, run.to - run.from, classCount, false);
      for (let i = run.from; i < run.to; i++) {
        // Two classes have one row of parameters, that of the second.
        const end = (i - run.from + 1) * classCount;
        const p = probabilities.subarray(end - rows, end);
        for (let k = 0; k < rows; k++) {
          for (let l = 0; l < rows; l++) curvature[k * rows + l] = weights[i]! * p[k]! * (Number(k === l) - p[l]!);
        }
        this.#addOuter(result, i, curvature);
      }
    }
    return result;
  }

  dispose(): void {}

  #columns(w: Float64Array): Columns {
    const { coef, intercept } = splitParameters(w, this.#shape);
    return { coef: transposed(coef, this.#shape.rows, this.#shape.features), intercept };
  }

  /** Add `curvature ⊗ x xᵀ` of row `i`, `curvature [r, r]`. */
  #addOuter(result: Float64Array, i: number, curvature: Float64Array): void {
    const { rows, columns, features } = this.#shape;
    const size = rows * columns;
    const { data, indices, indptr } = this.#X;
    const [from, end] = [indptr[i]!, indptr[i + 1]!];
    // The intercept is one more element, a 1 in the last column.
    const to = end + columns - features;
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

/** The loss of logits `[rows, 1]`, which become slopes. */
function binarySlopes(z: Float64Array, { y, weights }: LogisticProblem, { from }: RowRange): number {
  let loss = 0;
  for (let i = 0; i < z.length; i++) {
    const weight = weights[from + i]!;
    const tail = Math.exp(-Math.abs(z[i]!));
    const probability = z[i]! > 0 ? 1 / (1 + tail) : tail / (1 + tail);
    loss += weight * (Math.max(z[i]!, 0) + Math.log1p(tail) - y[from + i]! * z[i]!);
    z[i] = weight * (probability - y[from + i]!);
  }
  return loss;
}

/** The loss of logits `[rows, k]`, which become slopes. */
function softmaxSlopes(
  z: Float64Array,
  { y, weights, classCount: k }: LogisticProblem,
  { from, to }: RowRange,
): number {
  let loss = 0;
  for (let i = from; i < to; i++) {
    const row = z.subarray((i - from) * k, (i - from + 1) * k);
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
