/**
 * Reductions: folds over axes. All take `{ axis, keepDims }`; without an axis they fold everything.
 */
import { isFloat } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { bindOne } from "../program/bind.ts";
import { type Primitive, primitive } from "../program/primitive.ts";
import { normalizeAxes, normalizeAxis } from "../tensor/strides.ts";
import { Tensor } from "../tensor/tensor.ts";
import { div, mul, square, sub } from "./arithmetic.ts";
import { cast } from "./cast.ts";
import { equal, isNaN, or } from "./comparison.ts";
import { indices } from "./indices.ts";
import { select } from "./select.ts";
import { reshapeTo, spread, sumAxes } from "./structure.ts";

export interface ReduceOptions {
  /** Axis or axes to fold; negative counts from the end. Default: all. */
  readonly axis?: number | readonly number[];
  /** Keep folded axes with size 1. Default false. */
  readonly keepDims?: boolean;
}

interface Axes {
  readonly axes: readonly number[];
}

function extremum(op: "max" | "min"): Primitive<Axes> {
  return primitive<Axes>({
    name: `reduce${op === "max" ? "Max" : "Min"}`,
    outputs: ([x], { axes }) => [
      { shape: x?.shape.filter((_, axis) => !axes.includes(axis)) ?? [], dtype: x?.dtype ?? "float32" },
    ],
    lowering: { kind: "reduce", op, axes: ({ axes }) => axes },
    derivative([g], [x], [y], { axes }) {
      if (!g || !y || !(x instanceof Tensor)) return [undefined];
      const hit = cast(equal(x, spread(y, x.shape, axes)), x.dtype);
      return [mul(hit, spread(div(g, sumAxes(hit, axes)), x.shape, axes))];
    },
  });
}

export const reduceMaxPrimitive: Primitive<Axes> = extremum("max");
export const reduceMinPrimitive: Primitive<Axes> = extremum("min");

export const reduceProdPrimitive: Primitive<Axes> = primitive<Axes>({
  name: "reduceProd",
  outputs: ([x], { axes }) => [
    { shape: x?.shape.filter((_, axis) => !axes.includes(axis)) ?? [], dtype: x?.dtype ?? "float32" },
  ],
  lowering: { kind: "reduce", op: "prod", axes: ({ axes }) => axes },
  derivative([g], [x], [y], { axes }) {
    if (!g || !y || !(x instanceof Tensor)) return [undefined];
    return [mul(spread(g, x.shape, axes), productOfOthers(x, y, axes))];
  },
});

/** For every element the product of the others: right also where one of them is 0. */
function productOfOthers(x: Tensor, y: Tensor, axes: readonly number[]): Tensor {
  const zero = equal(x, 0);
  const zeros = sumAxes(cast(zero, "int32"), axes);
  const rest = bindOne(reduceProdPrimitive, [select(zero, 1, x)], { axes });
  const safe = div(spread(y, x.shape, axes), select(zero, 1, x));
  const atZero = select(equal(spread(zeros, x.shape, axes), 1), spread(rest, x.shape, axes), 0);
  return select(zero, atZero, safe);
}

function fold(call: string, x: Tensor, options: ReduceOptions, apply: (axes: readonly number[]) => Tensor): Tensor {
  const axes = normalizeAxes(call, options.axis, x.rank);
  const result = axes.length === 0 ? x : apply(axes);
  if (!options.keepDims) return result;
  return reshapeTo(
    result,
    x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
  );
}

/**
 * Sum `Σ x`. bool and uint8 are summed as int32.
 * @example sum(tensor([[1, 2], [3, 4]]), { axis: 0 }).toArray() // => [4, 6]
 */
export function sum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const wide = x.dtype === "bool" || x.dtype === "uint8" ? cast(x, "int32") : x;
  return fold("sum", wide, options, (axes) => sumAxes(wide, axes));
}

/** Arithmetic mean `Σ x / n`; NaN of nothing. Integers become float32. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const float = isFloat(x.dtype) ? x : cast(x, "float32");
  return div(sum(float, options), countOf(x, options));
}

/** Variance `Σ (x - mean)² / (n - ddof)`. */
export function variance(x: Tensor, options: ReduceOptions & { readonly ddof?: number } = {}): Tensor {
  const float = isFloat(x.dtype) ? x : cast(x, "float32");
  const centred = sub(float, mean(float, { ...options, keepDims: true }));
  return div(sum(square(centred), options), countOf(x, options) - (options.ddof ?? 0));
}

function countOf(x: Tensor, options: ReduceOptions): number {
  return normalizeAxes("mean", options.axis, x.rank).reduce((count, axis) => count * (x.shape[axis] ?? 1), 1);
}

/** Product `Π x`. */
export function prod(x: Tensor, options: ReduceOptions = {}): Tensor {
  const wide = x.dtype === "bool" || x.dtype === "uint8" ? cast(x, "int32") : x;
  return fold("prod", wide, options, (axes) => bindOne(reduceProdPrimitive, [wide], { axes }));
}

/**
 * Largest element; NaN if there is one.
 * @throws ShapeError if there are no elements
 */
export function max(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkNotEmpty("max", x, options);
  return fold("max", x, options, (axes) => bindOne(reduceMaxPrimitive, [x], { axes }));
}

/**
 * Smallest element; NaN if there is one.
 * @throws ShapeError if there are no elements
 */
export function min(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkNotEmpty("min", x, options);
  return fold("min", x, options, (axes) => bindOne(reduceMinPrimitive, [x], { axes }));
}

/** True if all elements are (not 0); of nothing true. */
export function all(x: Tensor, options: ReduceOptions = {}): Tensor {
  const truth = cast(x, "bool");
  return fold("all", truth, options, (axes) => bindOne(reduceMinPrimitive, [truth], { axes }));
}

/** True if any element is (not 0); of nothing false. */
export function any(x: Tensor, options: ReduceOptions = {}): Tensor {
  const truth = cast(x, "bool");
  return fold("any", truth, options, (axes) => bindOne(reduceMaxPrimitive, [truth], { axes }));
}

/**
 * Index of the largest element along an axis (default: the last), as int32; the first of equal ones, the first NaN if
 * there is one.
 * @example argmax(tensor([[1, 5, 5], [9, 2, 3]])).toArray() // => [1, 0]
 */
export function argmax(x: Tensor, axis = -1): Tensor {
  return argExtremum("argmax", x, axis, max);
}

/** Index of the smallest element along an axis (default: the last), as int32; rules as `argmax`. */
export function argmin(x: Tensor, axis = -1): Tensor {
  return argExtremum("argmin", x, axis, min);
}

function argExtremum(call: string, x: Tensor, axis: number, extreme: typeof max): Tensor {
  const along = normalizeAxis(call, axis, x.rank);
  checkNotEmpty(call, x, { axis: along });
  const hit = or(equal(x, extreme(x, { axis: along, keepDims: true })), isNaN(x));
  const place = select(hit, indices(x, along), x.shape[along] ?? 0);
  return min(place, { axis: along });
}

function checkNotEmpty(call: string, x: Tensor, options: ReduceOptions): void {
  if (countOf(x, options) > 0) return;
  throw new ShapeError(call, "there are no elements to choose from", { shape: x.shape });
}
