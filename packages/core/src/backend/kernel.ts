/**
 * A fused kernel as data: one loop nest over an index space, an elementwise expression, and optionally one reduction
 * over the innermost axes. Machines turn it into their own code; the reference interpreter runs it as it stands.
 */
import type { DType } from "../dtype.ts";
import type { ScalarOp } from "./scalar-ops.ts";

/** One node of the expression; `args` are positions of earlier nodes in `Kernel.nodes`. */
export type KernelNode =
  | { readonly op: ScalarOp; readonly dtype: DType; readonly args: readonly number[] }
  /** The value of load `load` at the current index. */
  | { readonly op: "load"; readonly dtype: DType; readonly load: number }
  | { readonly op: "const"; readonly dtype: DType; readonly value: number }
  /** The current index along a loop axis, as int32. */
  | { readonly op: "index"; readonly dtype: "int32"; readonly axis: number }
  /** Conversion to `dtype`: floats to integers truncate toward zero (saturating, NaN gives 0; uint8 clamps to 0..255);
   *  int32 to uint8 wraps; to bool is `!= 0` (NaN is true). */
  | { readonly op: "cast"; readonly dtype: DType; readonly args: readonly [number] }
  /** `args[0]` (bool) ? `args[1]` : `args[2]`. */
  | { readonly op: "select"; readonly dtype: DType; readonly args: readonly [number, number, number] };

/** The reductions. `max` and `min` give NaN where there is one. */
export type ReduceOp = "sum" | "prod" | "max" | "min";

/**
 * `shape` are the loop axes, outermost first. Element offsets of a load at index `i`: `offset + Σ_a i[a]·strides[a]`
 * (`offset` is the step's, so that one compiled kernel serves many places). With `reduce`, the last `reduce.axes` loop
 * axes are folded with `reduce.op` starting from its neutral element (sum 0, prod 1, max -∞ or the least integer, min
 * the opposite), and stores have strides for the other axes only. Without, each store writes one node at every index.
 */
export interface Kernel {
  readonly shape: readonly number[];
  readonly loads: readonly KernelLoad[];
  readonly nodes: readonly KernelNode[];
  readonly reduce?: { readonly op: ReduceOp; readonly axes: number };
  /** With `reduce` exactly one. Distinct stores never overlap. A store may be to a loaded buffer only at the very
   *  element its load reads in the same iteration (update in place). */
  readonly stores: readonly KernelStore[];
}

export interface KernelLoad {
  readonly dtype: DType;
  /** One stride for each loop axis, in elements; 0 repeats, negative runs backwards. */
  readonly strides: readonly number[];
}

export interface KernelStore {
  /** The node whose value is stored (or folded, with `reduce`); the stored dtype is the node's. */
  readonly node: number;
  readonly strides: readonly number[];
}

/** The neutral element of a reduction in a dtype. Sums and products of bool are not made. */
export function neutral(op: ReduceOp, dtype: DType): number {
  if (op === "sum") return 0;
  if (op === "prod") return 1;
  const least = { float32: -Infinity, float64: -Infinity, int32: -2147483648, uint8: 0, bool: 0 }[dtype];
  const most = { float32: Infinity, float64: Infinity, int32: 2147483647, uint8: 255, bool: 1 }[dtype];
  return op === "max" ? least : most;
}
