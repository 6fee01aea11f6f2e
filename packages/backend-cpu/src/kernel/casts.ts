/**
 * Vector code for conversions between dtypes. Floats to integers truncate toward zero and saturate, NaN gives 0;
 * int32 to uint8 wraps; to bool is `!= 0`.
 */
import type { DType } from "@skein-ml/core";
import { type LaneEmitter, type Lanes, shapeOf } from "./lanes.ts";
import { wrapByte } from "./scalar-code.ts";

/** Lanes of `from` as lanes of `to`. */
export function castCode(m: LaneEmitter, a: Lanes, from: DType, to: DType): Lanes {
  if (from === to) return a;
  if (to === "bool") return truth(m, a, from);
  if (from === "bool") return fromTruth(m, a, to);
  switch (to) {
    case "float32":
      return m.unary(from === "float64" ? "f32x4.demote_f64x2_zero" : "f32x4.convert_i32x4_s", a);
    case "float64":
      return m.unary(from === "float32" ? "f64x2.promote_low_f32x4" : "f64x2.convert_low_i32x4_s", a);
    case "int32":
      return toInteger(m, a, from);
    case "uint8":
      return from === "int32" ? wrapByte(m, a) : clampByte(m, toInteger(m, a, from));
  }
}

function toInteger(m: LaneEmitter, a: Lanes, from: DType): Lanes {
  if (from === "float32") return m.unary("i32x4.trunc_sat_f32x4_s", a);
  if (from === "float64") return m.unary("i32x4.trunc_sat_f64x2_s_zero", a);
  return a;
}

function clampByte(m: LaneEmitter, a: Lanes): Lanes {
  return m.binary("i32x4.max_s", m.binary("i32x4.min_s", a, m.constant("i32x4", 255)), m.constant("i32x4", 0));
}

function truth(m: LaneEmitter, a: Lanes, from: DType): Lanes {
  const mask = m.binary(`${shapeOf(from)}.ne`, a, m.constant(shapeOf(from), 0));
  return from === "float64" ? m.narrowMask(mask) : mask;
}

function fromTruth(m: LaneEmitter, mask: Lanes, to: DType): Lanes {
  const wide = to === "float64" ? m.widenMask(mask) : mask;
  return m.binary("v128.and", wide, m.constant(shapeOf(to), 1));
}
