/**
 * Scalar operations in one dtype: the exact functions of `SCALAR_OPS`, rounded or wrapped as the dtype stores them.
 */
import { SCALAR_OPS, type ScalarOp } from "../backend/scalar-ops.ts";
import type { DType } from "../dtype.ts";
import { isFloat } from "../dtype.ts";

/** A binary function of numbers; unary operations ignore `b`. */
export type ScalarFunction = (a: number, b: number) => number;

/** `op` as it works on arguments of `dtype`. */
export function scalarFunction(op: ScalarOp, dtype: DType): ScalarFunction {
  const facts = SCALAR_OPS[op];
  if (facts.gives === "bool") return facts.reference;
  if (!isFloat(dtype)) return integerFunction(op, dtype);
  const exact = facts.reference;
  return dtype === "float32" ? (a, b) => Math.fround(exact(a, b)) : exact;
}

function integerFunction(op: ScalarOp, dtype: DType): ScalarFunction {
  const exact = INTEGER_FORMS[op] ?? SCALAR_OPS[op].reference;
  return (a, b) => store(exact(a, b), dtype);
}

/** Where integers differ from the float meaning: exact products, floor division, defined division by zero. */
const INTEGER_FORMS: Partial<Record<ScalarOp, ScalarFunction>> = {
  mul: (a, b) => Math.imul(a, b),
  div: (a, b) => (b === 0 ? 0 : Math.floor(a / b)),
  mod: (a, b) => (b === 0 ? 0 : a - b * Math.floor(a / b)),
};

/** A result as `dtype` keeps it: floats rounded, integers wrapped, bool one bit. */
export function store(value: number, dtype: DType): number {
  switch (dtype) {
    case "float32":
      return Math.fround(value);
    case "float64":
      return value;
    case "int32":
      return value | 0;
    case "uint8":
      return value & 255;
    case "bool":
      return value & 1;
  }
}

/**
 * Conversion between dtypes: floats to integers truncate toward zero and saturate, NaN gives 0; int32 to uint8 wraps;
 * to bool is `!= 0`.
 */
export function cast(value: number, from: DType, to: DType): number {
  if (to === "bool") return Number(value !== 0);
  if (isFloat(to) || !isFloat(from)) return store(value, to);
  if (Number.isNaN(value)) return 0;
  const [least, most] = to === "uint8" ? [0, 255] : [-2147483648, 2147483647];
  return Math.min(most, Math.max(least, Math.trunc(value))) | 0; // an integer has no -0
}
