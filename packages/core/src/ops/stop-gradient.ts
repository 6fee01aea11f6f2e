/** A value that derivatives take for a constant. */
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkTensor } from "../tensor/check.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { NoParams } from "./elementwise.ts";

export const stopGradientPrimitive: Primitive<NoParams> = primitive<NoParams>({
  name: "stopGradient",
  outputs: ([x]) => (x ? [x] : []),
  lowering: { kind: "view", layout: (layout) => layout },
  derivative: "none",
});

/**
 * `x` itself, as a constant for `grad`.
 * @example grad((x) => sum(mul(x, stopGradient(x))))(tensor([3]))[0].toArray() // => [3]
 */
export function stopGradient(x: Tensor): Tensor {
  checkTensor("stopGradient", x);
  return bindOne(stopGradientPrimitive, [x], {});
}
