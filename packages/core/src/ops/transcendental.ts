/**
 * Exponentials, trigonometric and special functions, element by element. Integers become float32.
 */
import type { Operand, Primitive } from "../program/primitive.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { add, div, mul, neg, sub } from "./arithmetic.ts";
import { applyUnary, elementwise, type NoParams } from "./elementwise.ts";

export const expPrimitive: Primitive<NoParams> = elementwise("exp", (g, _x, y) => [mul(g, y)]);
export const log1pPrimitive: Primitive<NoParams> = elementwise("log1p", (g, [x = 0]) => [div(g, add(x, 1))]);
export const expm1Primitive: Primitive<NoParams> = elementwise("expm1", (g, _x, y) => [mul(g, add(y, 1))]);
export const sinPrimitive: Primitive<NoParams> = elementwise("sin", (g, [x = 0]) => [mul(g, cos(x))]);
export const cosPrimitive: Primitive<NoParams> = elementwise("cos", (g, [x = 0]) => [neg(mul(g, sin(x)))]);
export const tanPrimitive: Primitive<NoParams> = elementwise("tan", (g, _x, y) => [mul(g, add(mul(y, y), 1))]);
export const atanPrimitive: Primitive<NoParams> = elementwise("atan", (g, [x = 0]) => [div(g, add(mul(x, x), 1))]);
export const tanhPrimitive: Primitive<NoParams> = elementwise("tanh", (g, _x, y) => [mul(g, sub(1, mul(y, y)))]);
export const sigmoidPrimitive: Primitive<NoParams> = elementwise("sigmoid", (g, _x, y) => [mul(g, mul(y, sub(1, y)))]);
export const erfPrimitive: Primitive<NoParams> = elementwise("erf", (g, [x = 0]) => [
  mul(g, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI))),
]);

/** `e^x`. @example exp(tensor([0, 1])).toArray() // => [1, 2.7182817] */
export function exp(x: Operand): Tensor {
  return applyUnary(expPrimitive, x);
}

/** `log(1 + x)`, exact for small x. */
export function log1p(x: Operand): Tensor {
  return applyUnary(log1pPrimitive, x);
}

/** `e^x - 1`, exact for small x. */
export function expm1(x: Operand): Tensor {
  return applyUnary(expm1Primitive, x);
}

/** Sine of an angle in radians. */
export function sin(x: Operand): Tensor {
  return applyUnary(sinPrimitive, x);
}

/** Cosine of an angle in radians. */
export function cos(x: Operand): Tensor {
  return applyUnary(cosPrimitive, x);
}

/** Tangent of an angle in radians. */
export function tan(x: Operand): Tensor {
  return applyUnary(tanPrimitive, x);
}

/** Arc tangent, in `(-π/2, π/2)`. */
export function atan(x: Operand): Tensor {
  return applyUnary(atanPrimitive, x);
}

/** Hyperbolic tangent `(e^x - e^-x) / (e^x + e^-x)`. */
export function tanh(x: Operand): Tensor {
  return applyUnary(tanhPrimitive, x);
}

/** Logistic function `1 / (1 + e^-x)`. @example sigmoid(tensor([0])).toArray() // => [0.5] */
export function sigmoid(x: Operand): Tensor {
  return applyUnary(sigmoidPrimitive, x);
}

/** Error function `2/√π ∫₀ˣ e^(-t²) dt`. */
export function erf(x: Operand): Tensor {
  return applyUnary(erfPrimitive, x);
}
