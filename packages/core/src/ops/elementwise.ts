/**
 * What all elementwise operations share: the record's form, mixing of dtypes, broadcasting and the check of arguments.
 */
import { SCALAR_OPS, type ScalarOp } from "../backend/scalar-ops.ts";
import { type DType, fits, isFloat, promote } from "../dtype.ts";
import { DTypeError } from "../errors.ts";
import { bindOne } from "../program/bind.ts";
import { type Operand, type Primitive, primitive } from "../program/primitive.ts";
import { checkOperand } from "../tensor/check.ts";
import { tensor } from "../tensor/creation.ts";
import { broadcastShapes } from "../tensor/strides.ts";
import { Tensor } from "../tensor/tensor.ts";
import { castTo } from "./cast.ts";
import { stretch } from "./structure.ts";

/** Elementwise primitives have no parameters. */
export type NoParams = Record<string, never>;
const NO_PARAMS: NoParams = {};

/** Cotangent of the output, arguments, output -> cotangents of the arguments (ignored for numbers). */
type ElementwiseRule = (g: Tensor, inputs: readonly Operand[], y: Tensor) => readonly (Tensor | undefined)[];

/** The record of a scalar operation. */
export function elementwise(op: ScalarOp, derivative: ElementwiseRule | "none"): Primitive<NoParams> {
  const facts = SCALAR_OPS[op];
  return primitive<NoParams>({
    name: op,
    outputs: ([first]) => [
      { shape: first?.shape ?? [], dtype: facts.gives === "bool" ? "bool" : (first?.dtype ?? "float32") },
    ],
    lowering: { kind: "scalar", op },
    derivative:
      derivative === "none"
        ? "none"
        : ([g], inputs, [y]) => (g && y ? derivative(g, inputs, y) : inputs.map(() => undefined)),
  });
}

/** Apply a unary record. Integers become float32 where the operation is of floats. */
export function applyUnary(record: Primitive<NoParams>, x: Operand): Tensor {
  const [ready] = prepare(record.name, [x]);
  return bindOne(record, ready ? [ready] : [], NO_PARAMS);
}

/** Apply a binary record: dtypes are mixed, shapes are broadcast, a number takes the other's dtype. */
export function applyBinary(record: Primitive<NoParams>, a: Operand, b: Operand): Tensor {
  return bindOne(record, prepare(record.name, [a, b]), NO_PARAMS);
}

/** Arguments in plain form: one dtype that the operation takes, one shape; numbers stay where a tensor is beside. */
function prepare(name: string, inputs: readonly Operand[]): Operand[] {
  for (const input of inputs) checkOperand(name, input);
  const given = inputs.some((input) => input instanceof Tensor) ? inputs : inputs.map((input) => tensor(Number(input)));
  const dtype = takenDType(name, commonDType(given));
  return broadcastOperands(name, given).map((x) => (typeof x === "number" ? x : castTo(x, dtype)));
}

/**
 * The dtype of mixing arguments. A number goes along with the tensors' dtype if that can hold it; else a fraction, NaN
 * or infinity makes integers float32, and a whole number makes them int32 or, beyond its range, float64.
 */
export function commonDType(inputs: readonly Operand[]): DType {
  let common: DType | undefined;
  for (const input of inputs) {
    if (typeof input !== "number") common = common ? promote(common, input.dtype) : input.dtype;
  }
  const dtype = common ?? "float32";
  if (isFloat(dtype)) return dtype;
  const numbers = inputs.filter((input) => typeof input === "number");
  if (numbers.some((value) => !Number.isInteger(value))) return "float32";
  return numbers.reduce((mixed, value) => (holds(mixed, value) ? mixed : promote(mixed, wholeDType(value))), dtype);
}

function holds(dtype: DType, value: number): boolean {
  return dtype === "bool" ? value === 0 || value === 1 : fits(dtype, value);
}

/** The dtype that a whole number needs where that of the tensors can't hold it. */
function wholeDType(value: number): DType {
  return fits("int32", value) ? "int32" : "float64";
}

/** Stretch all tensors to the shape they have in common. */
export function broadcastOperands(call: string, inputs: readonly Operand[]): Operand[] {
  let shape: readonly number[] = [];
  for (const input of inputs) if (typeof input !== "number") shape = broadcastShapes(call, shape, input.shape);
  return inputs.map((x) => (typeof x === "number" ? x : stretch(x, shape)));
}

/** The dtype in which an operation works on arguments of `dtype`. */
function takenDType(name: string, dtype: DType): DType {
  const { takes } = SCALAR_OPS[name as ScalarOp];
  if (takes === "any" || (takes === "number" && dtype !== "bool")) return dtype;
  if (takes === "number") return "int32";
  if (takes === "float") return isFloat(dtype) ? dtype : "float32";
  const allowed = takes === "bits" || dtype !== "bool";
  if (isFloat(dtype) || !allowed) {
    throw new DTypeError(name, `${dtype} has no bits to work on`, { dtype }, 'Convert with cast(x, "int32").');
  }
  return dtype;
}
