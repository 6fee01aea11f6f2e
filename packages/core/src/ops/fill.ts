/** Constants of another tensor's shape, without memory of their own inside programs. */
import type { DType } from "../dtype.ts";
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import type { Tensor } from "../tensor/tensor.ts";

interface FillParams {
  readonly value: number;
  readonly dtype: DType;
}

export const fillPrimitive: Primitive<FillParams> = primitive<FillParams>({
  name: "fill",
  outputs: ([x], { dtype }) => [{ shape: x?.shape ?? [], dtype }],
  lowering: { kind: "fill", value: ({ value }) => value },
  derivative: "none",
});

/**
 * A tensor of the shape of `x`, filled with one value.
 * @param dtype  default: that of `x`
 */
export function fullLike(x: Tensor, value: number, dtype: DType = x.dtype): Tensor {
  return bindOne(fillPrimitive, [x], { value, dtype });
}

/** Zeros of the shape and dtype of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return fullLike(x, 0);
}
