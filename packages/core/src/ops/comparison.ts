/**
 * Comparisons and logic, element by element. Comparisons give bool; with NaN all but `notEqual` are false.
 */
import type { Operand, Primitive } from "../program/primitive.ts";
import { checkTensor } from "../tensor/check.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { equalPrimitive, lessEqualPrimitive, lessPrimitive } from "./arithmetic.ts";
import { applyBinary, applyUnary, elementwise, type NoParams } from "./elementwise.ts";

export const andPrimitive: Primitive<NoParams> = elementwise("and", "none");
export const orPrimitive: Primitive<NoParams> = elementwise("or", "none");
export const xorPrimitive: Primitive<NoParams> = elementwise("xor", "none");
export const notPrimitive: Primitive<NoParams> = elementwise("not", "none");
export const shiftLeftPrimitive: Primitive<NoParams> = elementwise("shiftLeft", "none");
export const shiftRightPrimitive: Primitive<NoParams> = elementwise("shiftRight", "none");

/** `a = b`. @example equal(tensor([1, 2]), 2).toArray() // => [false, true] */
export function equal(a: Operand, b: Operand): Tensor {
  return applyBinary(equalPrimitive, a, b);
}

/** `a ≠ b`; true for NaN. */
export function notEqual(a: Operand, b: Operand): Tensor {
  return not(equal(a, b));
}

/** `a < b`. */
export function less(a: Operand, b: Operand): Tensor {
  return applyBinary(lessPrimitive, a, b);
}

/** `a ≤ b`. */
export function lessEqual(a: Operand, b: Operand): Tensor {
  return applyBinary(lessEqualPrimitive, a, b);
}

/** `a > b`. */
export function greater(a: Operand, b: Operand): Tensor {
  return less(b, a);
}

/** `a ≥ b`. */
export function greaterEqual(a: Operand, b: Operand): Tensor {
  return lessEqual(b, a);
}

/** True where x is NaN. */
export function isNaN(x: Tensor): Tensor {
  checkTensor("isNaN", x);
  return notEqual(x, x);
}

/** Logical on bool, bitwise on integers. */
export function and(a: Operand, b: Operand): Tensor {
  return applyBinary(andPrimitive, a, b);
}

/** Logical on bool, bitwise on integers. */
export function or(a: Operand, b: Operand): Tensor {
  return applyBinary(orPrimitive, a, b);
}

/** Exclusive or: logical on bool, bitwise on integers. */
export function xor(a: Operand, b: Operand): Tensor {
  return applyBinary(xorPrimitive, a, b);
}

/** Logical on bool, bitwise on integers. */
export function not(x: Operand): Tensor {
  return applyUnary(notPrimitive, x);
}

/** Bits moved left by `amount` modulo 32. */
export function shiftLeft(x: Operand, amount: Operand): Tensor {
  return applyBinary(shiftLeftPrimitive, x, amount);
}

/** Bits moved right by `amount` modulo 32, zeros coming in: int32 is taken as unsigned. */
export function shiftRight(x: Operand, amount: Operand): Tensor {
  return applyBinary(shiftRightPrimitive, x, amount);
}
