/**
 * The data part of logistic regression on sparse rows, on the host: two passes over the stored elements an evaluation.
 */
import type { Context, CsrMatrix } from "@skein-ml/core";
import { type LogisticLoss, type LogisticProblem, type ParameterShape, parameterShape } from "./logistic-problem.ts";
import { csrTimes, csrTransposeTimes } from "./sparse-products.ts";

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
    const { coef, intercept } = split(w, this.#shape);
    await this.#context.turn();
    const slopes = csrTimes(this.#X, coef, intercept);
    const loss = rows === 1 ? this.#binary(slopes) : this.#softmax(slopes);
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

  async hessian(_w: Float64Array): Promise<Float64Array> {
    throw new Error("soon");
  }

  dispose(): void {}

  /** The loss of logits `[n, 1]`, which become slopes. */
  #binary(z: Float64Array): number {
    const { y, weights } = this.#problem;
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
  #softmax(z: Float64Array): number {
    const { y, weights, classCount: k } = this.#problem;
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
}

function split(w: Float64Array, { rows, columns, features }: ParameterShape): { coef: Float64Array; intercept: Float64Array } {
  const coef = new Float64Array(rows * features);
  const intercept = new Float64Array(rows);
  for (let k = 0; k < rows; k++) {
    coef.set(w.subarray(k * columns, k * columns + features), k * features);
    if (columns > features) intercept[k] = w[k * columns + features]!;
  }
  return { coef, intercept };
}
