/** The inverse error function. */
import { isFloat } from "../dtype.ts";
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkTensor } from "../tensor/check.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { abs, add, div, mul, neg, sqrt, sub } from "./arithmetic.ts";
import { castTo } from "./cast.ts";
import { equal, less } from "./comparison.ts";
import type { NoParams } from "./elementwise.ts";
import { select } from "./select.ts";
import { erf, exp, log1p } from "./transcendental.ts";

/** Coefficients of Giles' single-precision polynomials, highest power first (paper, table 5). */
const CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
] as const;
const TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
] as const;

/** y -> x with `erf(x) = y`; the derivative is `√π/2·exp(x²)`. */
export const erfinvPrimitive: Primitive<NoParams> = primitive<NoParams>({
  name: "erfinv",
  outputs: ([y]) => (y ? [y] : []),
  lowering: { kind: "composite" },
  definition: ([y]) => (y ? [select(less(abs(y), 1), inside(y), edges(y))] : []),
  derivative: ([g], _inputs, [x]) => [g && x && mul(g, mul(exp(mul(x, x)), Math.sqrt(Math.PI) / 2))],
});

/**
 * Inverse error function: the x with `erf(x) = y`. ±∞ at ±1, NaN outside. Relative error about 3e-7 in float32. In
 * float64 two steps of Halley's method follow, which end where `erf(x) - y` cancels: the error is 1e-15 at 0.999, 1e-13 at
 * 1 - 1e-5, 1e-8 at 1 - 1e-10 and 1e-2 at 1 - 1e-15.
 *
 * @param y  float; integers become float32
 * @source Giles, Approximating the erfinv function, GPU Computing Gems Jade, 2011
 * @example erfinv(tensor([0.5])).toArray() // => [0.4769363]
 */
export function erfinv(y: Tensor): Tensor {
  checkTensor("erfinv", y);
  return bindOne(erfinvPrimitive, [isFloat(y.dtype) ? y : castTo(y, "float32")], {});
}

function inside(y: Tensor): Tensor {
  const w = neg(log1p(neg(mul(y, y))));
  const central = polynomial(CENTRAL, sub(w, 2.5));
  const tail = polynomial(TAIL, sub(sqrt(w), 3));
  let x = mul(y, select(less(w, 5), central, tail));
  if (y.dtype !== "float64") return x;
  for (let step = 0; step < 2; step++) {
    const newton = div(sub(erf(x), y), mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)));
    x = sub(x, div(newton, add(1, mul(x, newton))));
  }
  return x;
}

/** ±∞ where y is ±1, else NaN. */
function edges(y: Tensor): Tensor {
  return select(equal(abs(y), 1), mul(y, Number.POSITIVE_INFINITY), Number.NaN);
}

function polynomial(coefficients: readonly number[], x: Tensor): Tensor {
  const [first = 0, second = 0, ...rest] = coefficients;
  return rest.reduce((sum, c) => add(mul(sum, x), c), add(mul(x, first), second));
}
