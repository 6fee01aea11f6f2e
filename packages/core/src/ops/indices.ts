/** Indices as values. */
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { hostDevice, type TensorOptions } from "../tensor/creation.ts";
import { checkShape, normalizeAxis } from "../tensor/strides.ts";
import { type Tensor, upload } from "../tensor/tensor.ts";
import { cast } from "./cast.ts";

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
  return bindOne(indexPrimitive, [x], { axis: normalizeAxis("indices", axis, x.rank) });
}

/**
 * The whole numbers `0 ... n-1`, as int32 unless said otherwise.
 * @example arange(3).toArray() // => [0, 1, 2]
 */
export function arange(n: number, options: TensorOptions = {}): Tensor {
  checkShape("arange", [n]);
  const whole = upload(
    options.device ?? hostDevice(),
    Int32Array.from({ length: n }, (_, i) => i),
    {
      shape: [n],
      dtype: "int32",
    },
  );
  return cast(whole, options.dtype ?? "int32");
}
