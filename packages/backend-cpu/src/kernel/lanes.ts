/**
 * Vector code for several vectors at once. A `Lanes` value is one v128 local for each of the `copies` that a loop
 * handles per iteration, so that independent instructions stand side by side; a value that is the same for all copies
 * is a single local.
 *
 * How dtypes sit in lanes, with 4 lanes (no float64 in the kernel) or 2: float32 as f32x4, float64 as f64x2, int32 and
 * uint8 (0..255) as i32x4, bool as i32x4 of 0 or -1. With 2 lanes the 32-bit kinds use the first two.
 */
import type { DType } from "@skein-ml/core";
import { constant, type FunctionBuilder, type Local, op, shuffle32, type V128, vector } from "../wasm/assembler.ts";
import type { VECTOR } from "../wasm/opcodes.ts";

/** One local for each copy, or one for all. */
export type Lanes = readonly Local<"v128">[];
export type FloatShape = "f32x4" | "f64x2";
export type Shape = FloatShape | "i32x4" | "i64x2";

type Instructions = typeof VECTOR;
type Named<Takes extends string> = {
  [N in keyof Instructions]: Instructions[N] extends readonly [number, Takes, "v"] ? N : never;
}[keyof Instructions];

/** The lane shape of a dtype. */
export function shapeOf(dtype: DType): "f32x4" | "f64x2" | "i32x4" {
  return dtype === "float32" ? "f32x4" : dtype === "float64" ? "f64x2" : "i32x4";
}

/** Emits vector instructions for all copies of their arguments. */
export class LaneEmitter {
  readonly f: FunctionBuilder;
  /** Elements in a vector: 4, or 2 in a kernel with float64. */
  readonly count: 2 | 4;
  readonly #constants = new Map<string, Lanes>();

  constructor(f: FunctionBuilder, count: 2 | 4) {
    this.f = f;
    this.count = count;
  }

  /** One new value for each copy, made of the copies of `args`. */
  map(args: readonly Lanes[], make: (...parts: Local<"v128">[]) => V128): Lanes {
    const copies = Math.max(...args.map((arg) => arg.length));
    return Array.from({ length: copies }, (_, c) => this.f.keep(make(...args.map((arg) => part(arg, c)))));
  }

  unary(name: Named<"v">, a: Lanes): Lanes {
    return this.map([a], (x) => op(name, x as V128));
  }

  binary(name: Named<"vv">, a: Lanes, b: Lanes): Lanes {
    return this.map([a, b], (x, y) => op(name, x as V128, y as V128));
  }

  /** Shift all lanes by a fixed number of bits. */
  shift(name: Named<"vi">, a: Lanes, bits: number): Lanes {
    return this.map([a], (x) => op(name, x as V128, constant("i32", bits)));
  }

  /** Bits of `a` where `mask` has ones, of `b` elsewhere. The mask has lanes as wide as the values. */
  pick(mask: Lanes, a: Lanes, b: Lanes): Lanes {
    return this.map([mask, a, b], (m, x, y) => op("v128.bitselect", x as V128, y as V128, m as V128));
  }

  shuffle32(a: Lanes, b: Lanes, positions: readonly number[]): Lanes {
    return this.map([a, b], (x, y) => shuffle32(x as V128, y as V128, positions));
  }

  /** The same number in all lanes, put into a local at the start of the function. */
  constant(shape: Shape, value: number): Lanes {
    const key = `${shape} ${Object.is(value, -0) ? "-0" : value}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const made = [this.f.hoist(vector(shape, value))];
    this.#constants.set(key, made);
    return made;
  }

  /** A 64-bit pattern (as hexadecimal digits) or 32-bit number in all lanes. */
  bits(shape: FloatShape, bits32: number, bits64: bigint): Lanes {
    if (shape === "f32x4") return this.constant("i32x4", bits32);
    const key = `bits ${bits64}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const low = Number(BigInt.asIntN(32, bits64));
    const high = Number(BigInt.asIntN(32, bits64 >> 32n));
    const made = [this.f.hoist(vector("i32x4", low, high, low, high))];
    this.#constants.set(key, made);
    return made;
  }

  /** A mask of 64-bit lanes as one of 32-bit lanes, and back. */
  narrowMask(mask: Lanes): Lanes {
    return this.shuffle32(mask, mask, [0, 2, 0, 2]);
  }

  widenMask(mask: Lanes): Lanes {
    return this.unary("i64x2.extend_low_i32x4_s", mask);
  }
}

/** The local of copy `c`. */
export function part(lanes: Lanes, c: number): Local<"v128"> {
  const local = lanes[lanes.length === 1 ? 0 : c];
  if (!local) throw new RangeError(`copy ${c} of ${lanes.length}`);
  return local;
}

/** All copies, repeating a value that is the same for all. */
export function spread(lanes: Lanes, copies: number): Lanes {
  return Array.from({ length: copies }, (_, c) => part(lanes, c));
}
