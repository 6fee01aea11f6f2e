/** Linear algebra: Cholesky factors and triangular systems. */
import { isFloat } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkOptions, checkTensor } from "../tensor/check.ts";
import { type Shape, sameShape, sizeOf } from "../tensor/strides.ts";
import { Tensor } from "../tensor/tensor.ts";
import { add, mul, neg } from "./arithmetic.ts";
import { castTo } from "./cast.ts";
import { equal, lessEqual } from "./comparison.ts";
import type { NoParams } from "./elementwise.ts";
import { indices } from "./indices.ts";
import { matmul } from "./matmul.ts";
import { select } from "./select.ts";
import { reshapeTo } from "./structure.ts";
import { swapAxes } from "./views.ts";

/** `a [b, n, n]`, lower triangle read -> lower `L` with `L Lᵀ = a`. */
export const choleskyPrimitive: Primitive<NoParams> = primitive<NoParams>({
  name: "cholesky",
  outputs: ([a]) => (a ? [a] : []),
  lowering: { kind: "routine", name: "cholesky" },
  derivative: ([g], _inputs, [factor]) => [g && factor && choleskyRule(g, factor)],
});

/** With `P = Φ(Lᵀ g)`, `S = L⁻ᵀ P L⁻¹`: the lower triangle of `S + Sᵀ`, diagonal halved (Murray 2016, section 3.2). */
function choleskyRule(g: Tensor, factor: Tensor): Tensor {
  const inner = halfDiagonal(lowerTriangle(matmul(swapAxes(factor, -1, -2), g)));
  const left = solve(factor, inner, { lower: true, transpose: true });
  const both = swapAxes(solve(factor, swapAxes(left, -1, -2), { lower: true, transpose: true }), -1, -2);
  return halfDiagonal(lowerTriangle(add(both, swapAxes(both, -1, -2))));
}

interface TriangularParams {
  readonly lower: boolean;
  readonly transpose: boolean;
}

/** `a [b, n, n]`, `rhs [b, n, k]` -> `x` with `op(a) x = rhs`. */
export const triangularSolvePrimitive: Primitive<TriangularParams> = primitive<TriangularParams>({
  name: "triangularSolve",
  outputs: ([, rhs]) => (rhs ? [rhs] : []),
  lowering: { kind: "routine", name: "triangularSolve" },
  derivative([g], [a], [x], { lower, transpose }) {
    if (!g || !x || !(a instanceof Tensor)) return [undefined, undefined];
    const gRhs = solve(a, g, { lower, transpose: !transpose });
    const outer = transpose ? matmul(x, swapAxes(gRhs, -1, -2)) : matmul(gRhs, swapAxes(x, -1, -2));
    return [neg(lower ? lowerTriangle(outer) : upperTriangle(outer)), gRhs];
  },
});

function solve(a: Tensor, rhs: Tensor, params: TriangularParams): Tensor {
  return bindOne(triangularSolvePrimitive, [a, rhs], params);
}

/**
 * Cholesky factor: the lower triangular `L` with `L Lᵀ = a`. Only the lower triangle of `a` is read.
 *
 * @param a  float, `[..., n, n]`, symmetric and positive definite; for a matrix that isn't, the result is NaN
 * @throws ShapeError if the last two sizes differ
 * @source derivative: Murray, arXiv:1602.07527, 2016, section 3.2
 * @example cholesky(tensor([[4, 0], [2, 5]])).toArray() // => [[2, 0], [1, 2]]
 */
export function cholesky(a: Tensor): Tensor {
  const flat = matrices("cholesky", a);
  return reshapeTo(bindOne(choleskyPrimitive, [flat], {}), a.shape);
}

export interface TriangularSolveOptions {
  /** Read the lower triangle of `a`, or the upper one. Default true. */
  readonly lower?: boolean;
  /** Solve with the transpose. Default false. */
  readonly transpose?: boolean;
}

/**
 * Solution of a triangular system `a x = rhs`, or `aᵀ x = rhs`.
 *
 * @param a    float, `[..., n, n]`; the other triangle is not read
 * @param rhs  `[..., n, k]` with the same leading sizes
 * @example triangularSolve(tensor([[2, 0], [1, 2]]), tensor([[2], [5]])).toArray() // => [[1], [2]]
 */
export function triangularSolve(a: Tensor, rhs: Tensor, options: TriangularSolveOptions = {}): Tensor {
  checkTensor("triangularSolve", rhs);
  checkOptions("triangularSolve", options, ["lower", "transpose"]);
  const flat = matrices("triangularSolve", a);
  const fits = sameShape(a.shape.slice(0, -1), rhs.shape.slice(0, -1)) && a.rank === rhs.rank;
  if (!fits) throw new ShapeError("triangularSolve", "the sizes do not fit", { a: a.shape, rhs: rhs.shape });
  const columns = reshapeTo(castTo(rhs, flat.dtype), [
    flat.shape[0] ?? 1,
    flat.shape[1] ?? 0,
    rhs.shape[rhs.rank - 1] ?? 0,
  ]);
  const params = { lower: options.lower ?? true, transpose: options.transpose ?? false };
  return reshapeTo(solve(flat, columns, params), rhs.shape);
}

function matrices(call: string, a: Tensor): Tensor {
  checkTensor(call, a);
  const shape: Shape = a.shape.slice(-2);
  if (a.rank < 2 || shape[0] !== shape[1])
    throw new ShapeError(call, "the matrices are not square", { shape: a.shape });
  return reshapeTo(isFloat(a.dtype) ? a : castTo(a, "float32"), [sizeOf(a.shape.slice(0, -2)), ...shape]);
}

function lowerTriangle(x: Tensor): Tensor {
  return select(lessEqual(indices(x, -1), indices(x, -2)), x, 0);
}

function upperTriangle(x: Tensor): Tensor {
  return select(lessEqual(indices(x, -2), indices(x, -1)), x, 0);
}

function halfDiagonal(x: Tensor): Tensor {
  return select(equal(indices(x, -2), indices(x, -1)), mul(x, 0.5), x);
}
