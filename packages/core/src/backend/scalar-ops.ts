/**
 * The scalar operations a fused kernel is made of: arity, dtypes, and the exact meaning as a JavaScript function.
 *
 * Machines write their own code for each; the functions here are the oracle. Float results are rounded to the node's
 * dtype by the interpreter, so the functions may compute in float64.
 */
import { erf, log1p, sigmoid } from "../reference/special.ts";

/** Which dtypes an operation takes: its arguments all have one dtype of that kind. */
export type Operands = "float" | "number" | "integer" | "bits" | "any";

interface ScalarOpFacts {
  readonly arity: 1 | 2;
  /** float: float32, float64. number: float + int32, uint8. integer: int32, uint8. bits: int32, uint8, bool. */
  readonly takes: Operands;
  /** `same`: the result has the arguments' dtype. `bool`: a truth value. */
  readonly gives: "same" | "bool";
  /** Exact meaning. Integers: arguments are integers, the result is wrapped to the dtype. bool: 0 or 1. */
  readonly reference: (a: number, b: number) => number;
}

/** Scalar operations on loaded values; `load const index cast select` are separate node kinds. */
export type ScalarOp = keyof typeof SCALAR_OPS;

function op(
  arity: 1 | 2,
  takes: Operands,
  gives: "same" | "bool",
  reference: (a: number, b: number) => number,
): ScalarOpFacts {
  return { arity, takes, gives, reference };
}

/**
 * Meaning of every scalar operation.
 *
 * - `max`, `min` give NaN if either argument is NaN.
 * - `div` of integers rounds toward minus infinity, by zero gives 0.
 * - `mod` is the exact remainder `a - b·⌊a/b⌋` with the sign of the divisor (`5 mod ∞` is 5); of integers by zero 0.
 * - `round` rounds halves to even. `sign` of NaN is NaN, of -0 is -0.
 * - `and or xor not` are bitwise on integers, logical on bool. Shifts take the amount modulo 32, right shift is logical.
 */
export const SCALAR_OPS: Readonly<{
  [K in
    | "neg"
    | "abs"
    | "sign"
    | "floor"
    | "ceil"
    | "round"
    | "sqrt"
    | "exp"
    | "log"
    | "log1p"
    | "expm1"
    | "sin"
    | "cos"
    | "tan"
    | "atan"
    | "tanh"
    | "sigmoid"
    | "erf"
    | "add"
    | "sub"
    | "mul"
    | "div"
    | "mod"
    | "pow"
    | "max"
    | "min"
    | "equal"
    | "less"
    | "lessEqual"
    | "and"
    | "or"
    | "xor"
    | "not"
    | "shiftLeft"
    | "shiftRight"]: ScalarOpFacts;
}> = {
  neg: op(1, "number", "same", (a) => -a),
  abs: op(1, "number", "same", Math.abs),
  sign: op(1, "number", "same", Math.sign),
  floor: op(1, "float", "same", Math.floor),
  ceil: op(1, "float", "same", Math.ceil),
  round: op(1, "float", "same", roundHalfEven),
  sqrt: op(1, "float", "same", Math.sqrt),
  exp: op(1, "float", "same", Math.exp),
  log: op(1, "float", "same", Math.log),
  log1p: op(1, "float", "same", log1p),
  expm1: op(1, "float", "same", Math.expm1),
  sin: op(1, "float", "same", Math.sin),
  cos: op(1, "float", "same", Math.cos),
  tan: op(1, "float", "same", Math.tan),
  atan: op(1, "float", "same", Math.atan),
  tanh: op(1, "float", "same", Math.tanh),
  sigmoid: op(1, "float", "same", sigmoid),
  erf: op(1, "float", "same", erf),
  add: op(2, "number", "same", (a, b) => a + b),
  sub: op(2, "number", "same", (a, b) => a - b),
  mul: op(2, "number", "same", (a, b) => a * b),
  div: op(2, "number", "same", (a, b) => a / b),
  mod: op(2, "number", "same", floorMod),
  pow: op(2, "float", "same", (a, b) =>
    a === 1 || b === 0 ? 1 : a === -1 && !Number.isFinite(b) && b === b ? 1 : a ** b,
  ),
  max: op(2, "number", "same", Math.max),
  min: op(2, "number", "same", Math.min),
  equal: op(2, "any", "bool", (a, b) => Number(a === b)),
  less: op(2, "any", "bool", (a, b) => Number(a < b)),
  lessEqual: op(2, "any", "bool", (a, b) => Number(a <= b)),
  and: op(2, "bits", "same", (a, b) => a & b),
  or: op(2, "bits", "same", (a, b) => a | b),
  xor: op(2, "bits", "same", (a, b) => a ^ b),
  not: op(1, "bits", "same", (a) => ~a),
  shiftLeft: op(2, "integer", "same", (a, b) => a << (b & 31)),
  shiftRight: op(2, "integer", "same", (a, b) => (a >>> (b & 31)) | 0),
};

/** Round to the nearest integer, halves to the even one (IEEE 754 roundTiesToEven). */
function roundHalfEven(a: number): number {
  const rounded = Math.round(a);
  return Math.abs(a - Math.trunc(a)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The remainder with the sign of the divisor; exact, as JavaScript's `%` is. */
function floorMod(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}
