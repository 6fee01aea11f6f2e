/**
 * Float arithmetic on lanes of one shape, so that formulas of math.ts are written once for f32x4 and f64x2.
 */
import { FLOATS } from "./coefficients.ts";
import type { FloatShape, LaneEmitter, Lanes } from "./lanes.ts";

export class FloatEmitter {
  readonly lanes: LaneEmitter;
  readonly shape: FloatShape;
  readonly facts: (typeof FLOATS)[FloatShape];
  /** The integer shape with lanes of the same width. */
  readonly integers: "i32x4" | "i64x2";

  constructor(lanes: LaneEmitter, shape: FloatShape) {
    this.lanes = lanes;
    this.shape = shape;
    this.facts = FLOATS[shape];
    this.integers = shape === "f32x4" ? "i32x4" : "i64x2";
  }

  constant(value: number): Lanes {
    return this.lanes.constant(this.shape, value);
  }

  add(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.add`, a, b);
  }

  sub(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.sub`, a, b);
  }

  mul(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.mul`, a, b);
  }

  div(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.div`, a, b);
  }

  abs(a: Lanes): Lanes {
    return this.lanes.unary(`${this.shape}.abs`, a);
  }

  neg(a: Lanes): Lanes {
    return this.lanes.unary(`${this.shape}.neg`, a);
  }

  floor(a: Lanes): Lanes {
    return this.lanes.unary(`${this.shape}.floor`, a);
  }

  /** Masks as wide as the lanes. */
  equal(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.eq`, a, b);
  }

  less(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.lt`, a, b);
  }

  lessEqual(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.shape}.le`, a, b);
  }

  /** `a` but at most, at least `limit`; NaN stays. */
  atMost(a: Lanes, limit: number): Lanes {
    return this.lanes.binary(`${this.shape}.pmin`, a, this.constant(limit));
  }

  atLeast(a: Lanes, limit: number): Lanes {
    return this.lanes.binary(`${this.shape}.pmax`, a, this.constant(limit));
  }

  pick(mask: Lanes, a: Lanes, b: Lanes): Lanes {
    return this.lanes.pick(mask, a, b);
  }

  /** `|magnitude|` with the sign of `sign`; the magnitude must not be negative. */
  withSign(magnitude: Lanes, sign: Lanes): Lanes {
    return this.lanes.binary("v128.or", magnitude, this.lanes.binary("v128.and", sign, this.constant(-0)));
  }

  /** Sum and difference of the bit patterns, as integers. */
  addBits(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.integers}.add`, a, b);
  }

  subBits(a: Lanes, b: Lanes): Lanes {
    return this.lanes.binary(`${this.integers}.sub`, a, b);
  }

  /** `Σ coefficients[i] xⁱ`, by Horner's rule. */
  polynomial(x: Lanes, coefficients: readonly number[]): Lanes {
    let sum = this.constant(coefficients.at(-1) ?? 0);
    for (const c of coefficients.slice(0, -1).reverse()) sum = this.add(this.mul(sum, x), this.constant(c));
    return sum;
  }
}
