/**
 * The data part of logistic regression on dense rows, as programs on a machine: `X` is uploaded once; an evaluation is
 * one captured run that takes the parameters and gives gradient and loss. The Hessian is summed from parts, each of as
 * many rows as keep its products small.
 */
import {
  abs,
  add,
  broadcastTo,
  type Captured,
  type Context,
  capture,
  cast,
  concat,
  type DenseMatrix,
  type Device,
  equal,
  exp,
  expandDims,
  indices,
  log1p,
  logSoftmax,
  matmul,
  maximum,
  mul,
  neg,
  reshape,
  sigmoid,
  softmax,
  sub,
  sum,
  type Tensor,
  type TensorType,
  transpose,
  where,
} from "@skein-ml/core";
import { type LogisticLoss, type LogisticProblem, type ParameterShape, parameterShape } from "./logistic-problem.ts";

/** Most elements of the products of rows and probabilities, `[m, r q]`, that a part of the Hessian is made of. */
const PRODUCT_ELEMENTS = 1 << 21;

/** Numbers widened between two turns of the event loop. */
const BLOCK = 1 << 18;

/** Loss, and its slope by the logits. */
interface Slopes {
  /** Scalar. */
  readonly loss: Tensor;
  /** `[n, r]` */
  readonly slopes: Tensor;
}

export class DenseLogisticLoss implements LogisticLoss {
  readonly #shape: ParameterShape;
  readonly #device: Device;
  readonly #context: Context;
  readonly #X: DenseMatrix;
  readonly #weights: Float64Array;
  readonly #y: Int32Array;
  readonly #evaluation: Captured;
  #curvature: Captured | undefined;

  /** The loss, with the data on the machine. */
  static async on(
    device: Device,
    problem: LogisticProblem,
    X: DenseMatrix,
    context: Context,
  ): Promise<DenseLogisticLoss> {
    const loss = new DenseLogisticLoss(problem, X, device, context);
    try {
      await loss.#upload();
      return loss;
    } catch (error) {
      loss.dispose();
      throw error;
    }
  }

  private constructor(problem: LogisticProblem, X: DenseMatrix, device: Device, context: Context) {
    const shape = parameterShape(problem);
    const [n] = X.shape;
    this.#shape = shape;
    this.#device = device;
    this.#context = context;
    this.#X = X;
    this.#weights = problem.weights;
    this.#y = problem.y;
    this.#evaluation = capture(([w, rows, weights, y]) => [evaluation(rows!, weights!, y!, w!, shape)], {
      device,
      variables: [],
      inputs: [...rowInputs(n, shape), { shape: [n, 1], dtype: "int32" }],
    });
  }

  async #upload(): Promise<void> {
    const rows = await allWithOnes(this.#X, this.#shape.columns, this.#context);
    await this.#context.turn();
    this.#evaluation.write(1, rows);
    await this.#context.turn();
    this.#evaluation.write(2, this.#weights);
    this.#evaluation.write(3, this.#y);
    await this.#context.turn();
  }

  async evaluate(w: Float64Array, gradient: Float64Array): Promise<number> {
    this.#evaluation.write(0, w);
    await this.#evaluation.runInTurns(() => this.#context.turn());
    const both = await this.#evaluation.outputs[0]!.read();
    gradient.set(both.subarray(0, w.length));
    return both[w.length]!;
  }

  async hessian(w: Float64Array): Promise<Float64Array> {
    const q = this.#shape.columns;
    const n = this.#weights.length;
    const size = Math.min(n, Math.max(1, Math.floor(PRODUCT_ELEMENTS / w.length)));
    this.#curvature ??= capture(([w, rows, weights]) => [curvature(rows!, weights!, w!, this.#shape)], {
      device: this.#device,
      variables: [],
      inputs: rowInputs(size, this.#shape),
    });
    const total = new Float64Array(w.length ** 2);
    this.#curvature.write(0, w);
    for (let from = 0; from < n; from += size) {
      this.#curvature.write(1, padded(withOnes(this.#X, from, Math.min(n, from + size), q), size * q));
      this.#curvature.write(2, padded(this.#weights.subarray(from, from + size), size));
      await this.#curvature.runInTurns(() => this.#context.turn());
      const part = await this.#curvature.outputs[0]!.read();
      for (let at = 0; at < total.length; at++) total[at]! += part[at]!;
    }
    return total;
  }

  dispose(): void {
    this.#evaluation.dispose();
    this.#curvature?.dispose();
  }
}

/** Types of the parameters, the rows and their weights. */
function rowInputs(n: number, { rows, columns }: ParameterShape): TensorType[] {
  const shapes = [[rows * columns], [n, columns], [n, 1]];
  return shapes.map((shape) => ({ shape, dtype: "float64" }));
}

/** Filled up with zeros, which are rows of weight 0. */
function padded(data: Float64Array, length: number): Float64Array {
  if (data.length === length) return data;
  const result = new Float64Array(length);
  result.set(data);
  return result;
}

/** The gradient, row-major, and after it the loss: one array, so that one reading brings both. */
function evaluation(X: Tensor, weights: Tensor, y: Tensor, w: Tensor, { rows, columns }: ParameterShape): Tensor {
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

/** What some rows add to the Hessian `[r q, r q]`. */
function curvature(X: Tensor, weights: Tensor, w: Tensor, { rows, columns }: ParameterShape): Tensor {
  const logits = matmul(X, transpose(reshape(w, [rows, columns])));
  return rows === 1 ? binaryCurvature(X, logits, weights) : softmaxCurvature(X, logits, weights);
}

/** `Σ_i weight_i p_i (1 - p_i) x_i x_iᵀ` */
function binaryCurvature(X: Tensor, z: Tensor, weights: Tensor): Tensor {
  const p = sigmoid(z);
  return matmul(transpose(mul(mul(weights, mul(p, sub(1, p))), X)), X);
}

/** `Σ_i weight_i (diag(p_i) - p_i p_iᵀ) ⊗ x_i x_iᵀ`: with `b_i = p_i ⊗ x_i`, blocks `Σ weight b xᵀ` less `Σ weight b bᵀ`. */
function softmaxCurvature(X: Tensor, z: Tensor, weights: Tensor): Tensor {
  const [m = 0, q = 0] = X.shape;
  const r = z.shape[1] ?? 0;
  const products = reshape(mul(expandDims(softmax(z), 2), expandDims(X, 1)), [m, r * q]);
  const weighted = transpose(mul(weights, products));
  const blocks = broadcastTo(reshape(matmul(weighted, X), [r, q, 1, q]), [r, q, r, q]);
  const diagonal = where(equal(indices(blocks, 0), indices(blocks, 2)), blocks, 0);
  return sub(reshape(diagonal, [r * q, r * q]), matmul(weighted, products));
}

/** All rows as `withOnes` gives them, in turns. */
async function allWithOnes(X: DenseMatrix, columns: number, context: Context): Promise<Float64Array> {
  const { data, shape } = X;
  const [n, p] = shape;
  if (columns === p && data instanceof Float64Array) return data;
  const rows = new Float64Array(n * columns);
  const block = Math.max(1, Math.floor(BLOCK / columns));
  for (let from = 0; from < n; from += block) {
    await context.turn();
    rows.set(withOnes(X, from, Math.min(n, from + block), columns), from * columns);
  }
  return rows;
}

/** Rows `[from, to)` in float64, with a 1 at the end of each if there is an intercept. */
function withOnes({ data, shape }: DenseMatrix, from: number, to: number, columns: number): Float64Array {
  const p = shape[1];
  const given = data.subarray(from * p, to * p);
  if (columns === p) return given instanceof Float64Array ? given : Float64Array.from(given);
  const rows = new Float64Array((to - from) * columns);
  for (let i = 0; i < to - from; i++) {
    for (let j = 0; j < p; j++) rows[i * columns + j] = given[i * p + j]!;
    rows[i * columns + p] = 1;
  }
  return rows;
}
