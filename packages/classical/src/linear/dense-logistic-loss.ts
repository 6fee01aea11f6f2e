/**
 * The data part of logistic regression on dense rows, as programs on a machine: `X` is uploaded once; an evaluation is
 * one captured run that takes the parameters and gives gradient and loss.
 */
import {
  abs,
  add,
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
  eye,
  indices,
  jit,
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
  tensor,
  transpose,
  where,
  zeros,
} from "@skein-ml/core";
import { type LogisticLoss, type LogisticProblem, type ParameterShape, parameterShape } from "./logistic-problem.ts";

/** Most elements of the products of rows and probabilities, `[block, r q]`, that the Hessian is summed from. */
const BLOCK_ELEMENTS = 1 << 21;

/** Rows on the machine, with their weights. */
interface Block {
  /** `[m, q]` */
  readonly rows: Tensor;
  /** `[m, 1]` */
  readonly weights: Tensor;
}

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
  readonly #host: { readonly rows: Float64Array; readonly weights: Float64Array };
  readonly #whole: Block;
  readonly #y: Tensor;
  readonly #evaluate: Captured;
  readonly #addCurvature: ReturnType<typeof jit>;
  #blocks: readonly Block[] | undefined;

  constructor(problem: LogisticProblem, X: DenseMatrix, device: Device, context: Context) {
    const shape = parameterShape(problem);
    this.#shape = shape;
    this.#device = device;
    this.#context = context;
    this.#host = { rows: withOnes(X, shape.columns), weights: problem.weights };
    this.#whole = this.#upload(0, X.shape[0]);
    this.#y = tensor(problem.y, { shape: [X.shape[0], 1], device });
    this.#evaluate = capture(([w]) => [evaluation(this.#whole, this.#y, w!, shape)], {
      device,
      variables: [],
      inputs: [{ shape: [shape.rows * shape.columns], dtype: "float64" }],
    });
    this.#addCurvature = jit((total, rows, weights, w) => [add(total!, curvature({ rows: rows!, weights: weights! }, w!, shape))]);
  }

  async evaluate(w: Float64Array, gradient: Float64Array): Promise<number> {
    this.#evaluate.write(0, w);
    await this.#evaluate.runInTurns(() => this.#context.turn());
    const both = await this.#evaluate.outputs[0]!.read();
    gradient.set(both.subarray(0, w.length));
    return both[w.length]!;
  }

  async hessian(w: Float64Array): Promise<Float64Array> {
    this.#blocks ??= this.#cut();
    const device = this.#device;
    using parameters = tensor(w, { device });
    let total = zeros([w.length, w.length], { dtype: "float64", device });
    for (const { rows, weights } of this.#blocks) {
      await this.#context.turn();
      const [next] = this.#addCurvature(total, rows, weights, parameters);
      total.dispose();
      total = next!;
    }
    const result = Float64Array.from(await total.read());
    total.dispose();
    return result;
  }

  dispose(): void {
    this.#evaluate.dispose();
    this.#y.dispose();
    for (const { rows, weights } of new Set([this.#whole, ...(this.#blocks ?? [])])) {
      rows.dispose();
      weights.dispose();
    }
  }

  /** The rows in blocks, so that the products that make the Hessian stay small. */
  #cut(): Block[] {
    const { rows, columns } = this.#shape;
    const n = this.#host.weights.length;
    const size = Math.max(1, Math.floor(BLOCK_ELEMENTS / (rows * columns)));
    if (n <= size) return [this.#whole];
    return Array.from({ length: Math.ceil(n / size) }, (_, i) => this.#upload(i * size, Math.min(n, (i + 1) * size)));
  }

  #upload(from: number, to: number): Block {
    const q = this.#shape.columns;
    const device = this.#device;
    return {
      rows: tensor(this.#host.rows.subarray(from * q, to * q), { shape: [to - from, q], device }),
      weights: tensor(this.#host.weights.subarray(from, to), { shape: [to - from, 1], device }),
    };
  }
}

/** The gradient, row-major, and after it the loss: one array, so that one reading brings both. */
function evaluation({ rows: X, weights }: Block, y: Tensor, w: Tensor, { rows, columns }: ParameterShape): Tensor {
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

/** What a block of rows adds to the Hessian `[r q, r q]`. */
function curvature({ rows: X, weights }: Block, w: Tensor, { rows, columns }: ParameterShape): Tensor {
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
  const blocks = reshape(matmul(weighted, X), [r, q, 1, q]);
  const diagonal = mul(blocks, reshape(eye(r, { dtype: "float64" }), [r, 1, r, 1]));
  return sub(reshape(diagonal, [r * q, r * q]), matmul(weighted, products));
}

/** The rows in float64, with a 1 at the end of each if there is an intercept. */
function withOnes({ data, shape }: DenseMatrix, columns: number): Float64Array {
  const [n, p] = shape;
  if (columns === p) return data instanceof Float64Array ? data : Float64Array.from(data);
  const rows = new Float64Array(n * columns).fill(1);
  for (let i = 0; i < n; i++) rows.set(data.subarray(i * p, (i + 1) * p), i * columns);
  return rows;
}
