/** Constants of another tensor's shape, without memory of their own inside programs. */
import type { DType } from "../dtype.ts";
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkTensor } from "../tensor/check.ts";
import { checkDType, element } from "../tensor/creation.ts";
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
 * @throws DataError if the value is not in the range of the dtype
 */
export function fullLike(x: Tensor, value: number, dtype: DType = x?.dtype): Tensor {
  checkTensor("fullLike", x);
  checkDType("fullLike", dtype);
  return bindOne(fillPrimitive, [x], { value: element("fullLike", value, dtype), dtype });
}

/** Zeros of the shape and dtype of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return fullLike(x, 0);
}
