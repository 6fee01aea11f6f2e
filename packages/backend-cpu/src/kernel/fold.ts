/**
 * Accumulators of reductions. Sums and products of float32 are kept in float64, in two vectors where a kernel has four
 * lanes, so a long sum is as exact as its terms; four neighbours are added in float32 before.
 */
import { type DType, neutral, type ReduceOp } from "@skein-ml/core";
import { type Local, op, shuffle32, type V128 } from "../wasm/assembler.ts";
import { fillLanes, type Tile } from "./access.ts";
import { type LaneEmitter, type Lanes, shapeOf, spread } from "./lanes.ts";
import { constantCode, wrapByte } from "./scalar-code.ts";

/** Locals that a reduction changes: one vector, or the low and the high half in a wider type. */
export type Accumulator = readonly Local<"v128">[];

/** Code of one reduction in one dtype. */
export class Fold {
  readonly #m: LaneEmitter;
  readonly #op: ReduceOp;
  readonly #dtype: DType;
  /** Sums and products of float32, kept in float64. */
  readonly #wide: boolean;

  constructor(m: LaneEmitter, op: ReduceOp, dtype: DType) {
    this.#m = m;
    this.#op = op;
    this.#dtype = dtype;
    this.#wide = dtype === "float32" && (op === "sum" || op === "prod");
  }

  /** A new accumulator with the neutral element in all lanes, at this place of the code. */
  start(): Accumulator {
    const filler = constantCode(this.#m, this.#wide ? "float64" : this.#dtype, neutral(this.#op, this.#dtype));
    const vectors = this.#wide && this.#m.count === 4 ? 2 : 1;
    return spread(filler, vectors).map((local) => this.#m.f.keep(local));
  }

  /** Fold a tile's vectors into one accumulator, over lanes and copies. */
  addTile(accumulator: Accumulator, value: Lanes, tile: Tile): void {
    let parts = spread(this.#activeOnly(value, tile), tile.copies);
    while (parts.length > 1 && this.#op !== "prod") parts = this.#pairUp(parts);
    for (const each of parts) this.add(accumulator, each);
  }

  /** Fold one vector into an accumulator, lane by lane. */
  add(accumulator: Accumulator, value: Local<"v128">): void {
    const terms = this.#wide ? this.#widen(value) : [value];
    accumulator.forEach((total, i) => {
      this.#m.f.set(total, this.#combine(total, terms[i] ?? value, this.#wide));
    });
  }

  /** The results in each lane, as lanes of the dtype. */
  lanes(accumulators: readonly Accumulator[]): Lanes {
    return this.#wrap(accumulators.map((accumulator) => this.#m.f.keep(this.#narrow(accumulator))));
  }

  /** The result over all lanes, in lane 0. */
  single(accumulator: Accumulator): Lanes {
    const { f, count } = this.#m;
    const [first, second] = accumulator as [Local<"v128">, Local<"v128"> | undefined];
    let total = second ? f.keep(this.#combine(first, second, this.#wide)) : first;
    const long = this.#wide || this.#dtype === "float64";
    const swaps = long
      ? [[2, 3, 0, 1]]
      : count === 4
        ? [
            [2, 3, 0, 1],
            [1, 0, 3, 2],
          ]
        : [[1, 0, 3, 2]];
    for (const swap of swaps) total = f.keep(this.#combine(total, f.keep(shuffle32(total, total, swap)), this.#wide));
    return this.#wrap([f.keep(this.#narrow([total]))]);
  }

  #activeOnly(value: Lanes, tile: Tile): Lanes {
    if (tile.active === this.#m.count) return value;
    const filler = constantCode(this.#m, this.#dtype, neutral(this.#op, this.#dtype));
    return fillLanes(this.#m, value, tile.active, filler, this.#dtype === "float64");
  }

  #pairUp(parts: Lanes): Lanes {
    const pairs: Local<"v128">[] = [];
    for (let i = 0; i < parts.length; i += 2) {
      const [a, b] = parts.slice(i, i + 2);
      if (a) pairs.push(b ? this.#m.f.keep(this.#combine(a, b, false)) : a);
    }
    return pairs;
  }

  #combine(a: V128, b: V128, wide: boolean): V128 {
    const reduce = this.#op;
    if (this.#dtype === "bool") return op(reduce === "max" ? "v128.or" : "v128.and", a, b);
    const shape = wide ? "f64x2" : shapeOf(this.#dtype);
    if (reduce === "sum") return op(`${shape}.add`, a, b);
    if (reduce === "prod") return op(`${shape}.mul`, a, b);
    return shape === "i32x4" ? op(`i32x4.${reduce}_s`, a, b) : op(`${shape}.${reduce}`, a, b);
  }

  #widen(value: Local<"v128">): V128[] {
    const low = op("f64x2.promote_low_f32x4", value);
    return [low, op("f64x2.promote_low_f32x4", shuffle32(value, value, [2, 3, 2, 3]))];
  }

  #narrow(accumulator: Accumulator): V128 {
    const [low, high] = accumulator as [Local<"v128">, Local<"v128"> | undefined];
    if (!this.#wide) return low;
    const half = op("f32x4.demote_f64x2_zero", low);
    return high ? shuffle32(half, op("f32x4.demote_f64x2_zero", high), [0, 1, 4, 5]) : half;
  }

  #wrap(value: Lanes): Lanes {
    return this.#dtype === "uint8" ? wrapByte(this.#m, value) : value;
  }
}
