/**
 * Vector code for every scalar operation, by kind of dtype. Meanings are those of core's `SCALAR_OPS`.
 *
 * Operations on floats without vector code (trigonometry, powers, remainders) call the reference function for each lane.
 */
import { type DType, isFloat, SCALAR_OPS, type ScalarOp } from "@skein-ml/core";
import {
  call,
  type FunctionHandle,
  type Local,
  lane,
  type Module,
  op,
  type V128,
  type ValueType,
  vector,
} from "../wasm/assembler.ts";
import { FloatEmitter } from "./float-emitter.ts";
import { type FloatShape, type LaneEmitter, type Lanes, shapeOf } from "./lanes.ts";
import { VECTOR_FUNCTIONS, type VectorFunction } from "./math.ts";

/** Operations on floats that are calls of JavaScript functions, lane by lane. */
const CALLED = ["sin", "cos", "tan", "atan", "pow", "mod"] as const;
type Called = (typeof CALLED)[number];
type Scalar = FunctionHandle<readonly ValueType[], "f64">;
/** The called functions a module imports. */
export type CalledFunctions = Partial<Record<Called, Scalar>>;

/** Import what `ops` call. Before any function of the module is defined. */
export function importCalled(module: Module, ops: readonly string[]): CalledFunctions {
  const imports: CalledFunctions = {};
  for (const name of CALLED) {
    if (!ops.includes(name)) continue;
    const { arity, reference } = SCALAR_OPS[name];
    imports[name] = module.import(
      name,
      arity === 1 ? ["f64"] : ["f64", "f64"],
      "f64",
      reference as (...x: number[]) => number,
    );
  }
  return imports;
}

/** The lanes of `op` applied to lanes of `dtype`. For unary operations `b` repeats `a`. */
export function scalarCode(
  m: LaneEmitter,
  op: ScalarOp,
  dtype: DType,
  args: { readonly a: Lanes; readonly b: Lanes; readonly called: CalledFunctions },
): Lanes {
  const { a, b, called } = args;
  if (dtype === "float32" || dtype === "float64") {
    const shape = shapeOf(dtype) as FloatShape;
    if (isCalled(op)) return callEachLane(m, shape, called[op], SCALAR_OPS[op].arity === 1 ? [a] : [a, b]);
    return floatCode(new FloatEmitter(m, shape), op, a, b);
  }
  if (dtype === "bool") return BOOLS[op]?.(m, a, b) ?? unknown(op, dtype);
  const value = INTEGERS[op]?.(m, a, b) ?? unknown(op, dtype);
  return dtype === "uint8" && SCALAR_OPS[op].gives === "same" ? wrapByte(m, value) : value;
}

/** The low byte of 32-bit integers. */
export function wrapByte(m: LaneEmitter, a: Lanes): Lanes {
  return m.binary("v128.and", a, m.constant("i32x4", 255));
}

function unknown(op: ScalarOp, dtype: DType): never {
  throw new TypeError(`no code for ${op} of ${dtype}`);
}

function isCalled(op: ScalarOp): op is Called {
  return (CALLED as readonly ScalarOp[]).includes(op);
}

type FloatOp = Exclude<ScalarOp, Called | VectorFunction | "and" | "or" | "xor" | "not" | "shiftLeft" | "shiftRight">;
type FloatRule = (m: FloatEmitter, a: Lanes, b: Lanes) => Lanes;

const FLOATS: Readonly<Record<FloatOp, FloatRule>> = {
  neg: (m, a) => m.neg(a),
  abs: (m, a) => m.abs(a),
  sign: (m, a) => m.pick(m.less(m.constant(0), m.abs(a)), m.withSign(m.constant(1), a), a),
  floor: (m, a) => m.floor(a),
  ceil: (m, a) => m.lanes.unary(`${m.shape}.ceil`, a),
  round: (m, a) => m.lanes.unary(`${m.shape}.nearest`, a),
  sqrt: (m, a) => m.lanes.unary(`${m.shape}.sqrt`, a),
  add: (m, a, b) => m.add(a, b),
  sub: (m, a, b) => m.sub(a, b),
  mul: (m, a, b) => m.mul(a, b),
  div: (m, a, b) => m.div(a, b),
  max: (m, a, b) => m.lanes.binary(`${m.shape}.max`, a, b),
  min: (m, a, b) => m.lanes.binary(`${m.shape}.min`, a, b),
  equal: (m, a, b) => truth(m, m.equal(a, b)),
  less: (m, a, b) => truth(m, m.less(a, b)),
  lessEqual: (m, a, b) => truth(m, m.lessEqual(a, b)),
};

function floatCode(m: FloatEmitter, op: ScalarOp, a: Lanes, b: Lanes): Lanes {
  const rule = op in VECTOR_FUNCTIONS ? VECTOR_FUNCTIONS[op as VectorFunction] : FLOATS[op as FloatOp];
  return rule ? rule(m, a, b) : unknown(op, m.shape === "f32x4" ? "float32" : "float64");
}

function truth(m: FloatEmitter, mask: Lanes): Lanes {
  return m.shape === "f64x2" ? m.lanes.narrowMask(mask) : mask;
}

type IntegerRule = (m: LaneEmitter, a: Lanes, b: Lanes) => Lanes;

/** int32 and uint8, both in 32-bit lanes; uint8 results are wrapped afterwards. */
const INTEGERS: Partial<Record<ScalarOp, IntegerRule>> = {
  neg: (m, a) => m.unary("i32x4.neg", a),
  abs: (m, a) => m.unary("i32x4.abs", a),
  sign: (m, a) => {
    const zero = m.constant("i32x4", 0);
    return m.binary("i32x4.sub", m.binary("i32x4.lt_s", a, zero), m.binary("i32x4.gt_s", a, zero));
  },
  add: (m, a, b) => m.binary("i32x4.add", a, b),
  sub: (m, a, b) => m.binary("i32x4.sub", a, b),
  mul: (m, a, b) => m.binary("i32x4.mul", a, b),
  div: floorDivide,
  mod: (m, a, b) => {
    const rest = m.binary("i32x4.sub", a, m.binary("i32x4.mul", b, floorDivide(m, a, b)));
    return m.binary("v128.and", rest, m.binary("i32x4.ne", b, m.constant("i32x4", 0)));
  },
  max: (m, a, b) => m.binary("i32x4.max_s", a, b),
  min: (m, a, b) => m.binary("i32x4.min_s", a, b),
  equal: (m, a, b) => m.binary("i32x4.eq", a, b),
  less: (m, a, b) => m.binary("i32x4.lt_s", a, b),
  lessEqual: (m, a, b) => m.binary("i32x4.le_s", a, b),
  and: (m, a, b) => m.binary("v128.and", a, b),
  or: (m, a, b) => m.binary("v128.or", a, b),
  xor: (m, a, b) => m.binary("v128.xor", a, b),
  not: (m, a) => m.unary("v128.not", a),
  shiftLeft: (m, a, b) => shiftEachLane(m, "i32.shl", a, b),
  shiftRight: (m, a, b) => shiftEachLane(m, "i32.shr_u", a, b),
};

/** Truth values are masks, 0 or -1, so that true is the smaller number. */
const BOOLS: Partial<Record<ScalarOp, IntegerRule>> = {
  equal: (m, a, b) => m.binary("i32x4.eq", a, b),
  less: (m, a, b) => m.binary("i32x4.gt_s", a, b),
  lessEqual: (m, a, b) => m.binary("i32x4.ge_s", a, b),
  and: (m, a, b) => m.binary("v128.and", a, b),
  or: (m, a, b) => m.binary("v128.or", a, b),
  xor: (m, a, b) => m.binary("v128.xor", a, b),
  not: (m, a) => m.unary("v128.not", a),
};

/**
 * `floor(a / b)` in float64, where quotients of 32-bit integers are far enough from the next integer. Adding the
 * rounder leaves the integer's low 32 bits in the low half of each lane; ∞ and NaN, from division by 0, leave 0 there.
 */
function floorDivide(m: LaneEmitter, a: Lanes, b: Lanes): Lanes {
  const wide = new FloatEmitter(m, "f64x2");
  const half = (positions: readonly number[]) => {
    const [x, y] = [a, b].map((v) => m.unary("f64x2.convert_low_i32x4_s", m.shuffle32(v, v, positions)));
    return wide.add(wide.floor(wide.div(x ?? a, y ?? b)), wide.constant(wide.facts.rounder));
  };
  return m.shuffle32(half([0, 1, 0, 1]), half([2, 3, 2, 3]), [0, 2, 4, 6]);
}

/** Shift by the lanes of `b`, each modulo 32. `shiftByConstant` is for amounts known beforehand. */
function shiftEachLane(m: LaneEmitter, name: "i32.shl" | "i32.shr_u", a: Lanes, b: Lanes): Lanes {
  return m.map([a, b], (x, y) => {
    let result: V128 = x as V128;
    for (let i = 0; i < m.count; i++) {
      const amount = lane("i32x4.extract_lane", i, y as V128);
      result = lane("i32x4.replace_lane", i, result, op(name, lane("i32x4.extract_lane", i, x as V128), amount));
    }
    return result;
  });
}

/** `shiftLeft` and `shiftRight` by a fixed amount. */
export function shiftByConstant(
  m: LaneEmitter,
  op: "shiftLeft" | "shiftRight",
  dtype: DType,
  { value, bits }: { value: Lanes; bits: number },
): Lanes {
  const shifted = m.shift(op === "shiftLeft" ? "i32x4.shl" : "i32x4.shr_u", value, bits & 31);
  return dtype === "uint8" ? wrapByte(m, shifted) : shifted;
}

function callEachLane(m: LaneEmitter, shape: FloatShape, callee: Scalar | undefined, args: readonly Lanes[]): Lanes {
  if (!callee) throw new TypeError("a called function was not imported");
  return m.map(args, (...parts) => {
    let result: V128 = parts[0] as V128;
    for (let i = 0; i < m.count; i++) result = callLane(shape, callee, i, { result, parts });
    return result;
  });
}

function callLane(
  shape: FloatShape,
  callee: Scalar,
  i: number,
  { result, parts }: { result: V128; parts: readonly Local<"v128">[] },
): V128 {
  if (shape === "f64x2") {
    const values = parts.map((p) => lane("f64x2.extract_lane", i, p));
    return lane("f64x2.replace_lane", i, result, call(callee, ...values));
  }
  const values = parts.map((p) => op("f64.promote_f32", lane("f32x4.extract_lane", i, p)));
  return lane("f32x4.replace_lane", i, result, op("f32.demote_f64", call(callee, ...values)));
}

/** Whether an operation on a dtype has an entry here: what `lacks` asks. */
export function hasCode(name: ScalarOp, dtype: DType): boolean {
  if (isFloat(dtype)) return name in FLOATS || name in VECTOR_FUNCTIONS || isCalled(name);
  return name in (dtype === "bool" ? BOOLS : INTEGERS);
}

/** A scalar constant as lanes of `dtype`, in a local set at the start. */
export function constantCode(m: LaneEmitter, dtype: DType, value: number): Lanes {
  if (dtype === "bool") return m.constant("i32x4", value ? -1 : 0);
  if (dtype === "uint8") return m.constant("i32x4", value & 255);
  return m.constant(shapeOf(dtype), dtype === "int32" ? value | 0 : value);
}

/** The current index along an axis; where it `varies` over lanes, `first` is that of the first lane of copy 0. */
export function indexCode(
  m: LaneEmitter,
  first: Local<"i32">,
  { copies, varies }: { copies: number; varies: boolean },
): Lanes {
  const base = m.f.keep(op("i32x4.splat", first));
  if (!varies) return [base];
  return Array.from({ length: copies }, (_, c) => {
    const steps = [0, 1, 2, 3].map((j) => c * m.count + j);
    return m.f.keep(op("i32x4.add", base, m.f.hoist(vector("i32x4", ...steps))));
  });
}
