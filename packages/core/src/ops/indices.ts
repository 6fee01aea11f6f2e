/** Indices as values. */
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkTensor } from "../tensor/check.ts";
import { normalizeAxis } from "../tensor/strides.ts";
import type { Tensor } from "../tensor/tensor.ts";

export const indexPrimitive: Primitive<{ axis: number }> = primitive<{ axis: number }>({
  name: "indices",
  outputs: ([x]) => [{ shape: x?.shape ?? [], dtype: "int32" }],
  lowering: { kind: "index", axis: ({ axis }) => axis },
  derivative: "none",
});

/**
 * For every element its index along an axis, as int32.
 * @example indices(tensor([[7, 7], [7, 7]]), 1).toArray() // => [[0, 1], [0, 1]]
 */
export function indices(x: Tensor, axis: number): Tensor {
  checkTensor("indices", x);
  return bindOne(indexPrimitive, [x], { axis: normalizeAxis("indices", axis, x.rank) });
}
