/**
 * The data part of logistic regression on dense rows, as programs on a machine: `X` is uploaded once, an evaluation is
 * one captured run that takes the parameters and gives gradient and loss.
 */
import {
  abs,
  add,
  type Captured,
  capture,
  cast,
  concat,
  type DenseMatrix,
  type Device,
  equal,
  exp,
  indices,
  log1p,
  logSoftmax,
  matmul,
  maximum,
  mul,
  neg,
  reshape,
  sigmoid,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  where,
} from "@skein-ml/core";
import { type LogisticLoss, type LogisticProblem, type ParameterShape, parameterShape } from "./logistic-problem.ts";

/** Loss, and its slope by the logits. */
interface Slopes {
  /** Scalar. */
  readonly loss: Tensor;
  /** `[n, r]` */
  readonly slopes: Tensor;
}

export class DenseLogisticLoss implements LogisticLoss {
  readonly #evaluate: Captured;
  readonly #held: readonly Tensor[];

  constructor(problem: LogisticProblem, X: DenseMatrix, device: Device) {
    const shape = parameterShape(problem);
    const n = X.shape[0];
    const rows = tensor(withOnes(X, shape.columns), { shape: [n, shape.columns], device });
    const weights = tensor(problem.weights, { shape: [n, 1], device });
    const y = tensor(problem.y, { shape: [n, 1], device });
    this.#held = [rows, weights, y];
    this.#evaluate = capture(([w]) => [evaluation(rows, y, weights, w!, shape)], {
      device,
      variables: [],
      inputs: [{ shape: [shape.rows * shape.columns], dtype: "float64" }],
    });
  }

  async evaluate(w: Float64Array, gradient: Float64Array): Promise<number> {
    this.#evaluate.write(0, w);
    this.#evaluate.run();
    const both = await this.#evaluate.outputs[0]!.read();
    gradient.set(both.subarray(0, w.length));
    return both[w.length]!;
  }

  async hessian(_w: Float64Array): Promise<Float64Array> {
    throw new Error("soon");
  }

  dispose(): void {
    this.#evaluate.dispose();
    for (const one of this.#held) one.dispose();
  }
}

/** The gradient, row-major, and after it the loss: one array, so that one reading brings both. */
function evaluation(X: Tensor, y: Tensor, weights: Tensor, w: Tensor, { rows, columns }: ParameterShape): Tensor {
  const logits = matmul(X, transpose(reshape(w, [rows, columns])));
  const { loss, slopes } = rows === 1 ? binarySlopes(logits, y, weights) : softmaxSlopes(logits, y, weights);
  const gradient = matmul(transpose(slopes), X);
  return concat([reshape(gradient, [rows * columns]), reshape(loss, [1])]);
}

/** `log(1 + exp(z)) = max(z, 0) + log1p(exp(-|z|))`, slope `sigmoid(z) - y`. */
function binarySlopes(z: Tensor, y: Tensor, weights: Tensor): Slopes {
  const positive = cast(y, "float64");
  const softplus = add(maximum(z, 0), log1p(exp(neg(abs(z)))));
  return {
    loss: sum(mul(weights, sub(softplus, mul(positive, z)))),
    slopes: mul(weights, sub(sigmoid(z), positive)),
  };
}

/** `-log softmax(z)_y`, slope `softmax(z) - [k = y]`. */
function softmaxSlopes(z: Tensor, y: Tensor, weights: Tensor): Slopes {
  const logs = logSoftmax(z);
  const hit = equal(indices(logs, 1), y);
  return {
    loss: neg(sum(where(hit, mul(weights, logs), 0))),
    slopes: mul(weights, sub(exp(logs), cast(hit, "float64"))),
  };
}

/** The rows in float64, with a 1 at the end of each if there is an intercept. */
function withOnes({ data, shape }: DenseMatrix, columns: number): Float64Array {
  const [n, p] = shape;
  if (columns === p) return data instanceof Float64Array ? data : Float64Array.from(data);
  const rows = new Float64Array(n * columns).fill(1);
  for (let i = 0; i < n; i++) rows.set(data.subarray(i * p, (i + 1) * p), i * columns);
  return rows;
}
