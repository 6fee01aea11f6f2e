/** Conversion between dtypes. */
import type { DType } from "../dtype.ts";
import { isFloat } from "../dtype.ts";
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { checkTensor } from "../tensor/check.ts";
import { checkDType } from "../tensor/creation.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { apart } from "./structure.ts";

export const castPrimitive: Primitive<{ dtype: DType }> = primitive<{ dtype: DType }>({
  name: "cast",
  outputs: ([x], { dtype }) => [{ shape: x?.shape ?? [], dtype }],
  lowering: { kind: "cast" },
  derivative: ([g], [x], _y, { dtype }) => {
    if (!g || !x || typeof x === "number" || !isFloat(dtype) || !isFloat(x.dtype)) return [undefined];
    return [castTo(g, x.dtype)];
  },
});

/**
 * The values in another dtype. Floats to integers truncate toward zero and saturate, NaN gives 0; int32 to uint8 wraps;
 * to bool is `!= 0`.
 *
 * @param x  any shape and dtype
 * @example cast(tensor([-1.5, 2.9]), "int32").toArray() // => [-1, 2]
 */
export function cast(x: Tensor, dtype: DType): Tensor {
  checkTensor("cast", x);
  checkDType("cast", dtype);
  return apart(x, castTo(x, dtype));
}

/** `cast` without checks; `x` itself if it has the dtype. */
export function castTo(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : bindOne(castPrimitive, [x], { dtype });
}
