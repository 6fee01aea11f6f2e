/**
 * Views: other shapes and orders of the same elements. On stored tensors they share memory; in programs they cost nothing.
 */
import { ShapeError } from "../errors.ts";
import { checkTensor } from "../tensor/check.ts";
import {
  broadcastShapes,
  checkShape,
  normalizeAxes,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
} from "../tensor/strides.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { apart, exchange, permute, reshapeTo, stretch, takeSlice } from "./structure.ts";

/**
 * The same elements, in row-major order, in another shape.
 *
 * @param shape  one size may be -1: it is worked out from the others
 * @throws ShapeError if the sizes don't multiply to the number of elements
 * @example reshape(tensor([[1, 2], [3, 4]]), [-1]).toArray() // => [1, 2, 3, 4]
 */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor("reshape", x);
  return apart(x, reshapeTo(x, inferSize(x, shape)));
}

function inferSize(x: Tensor, shape: Shape): number[] {
  const known = Array.isArray(shape) ? shape.filter((size) => size !== -1) : shape;
  checkShape("reshape", known);
  const open = shape.length - known.length;
  const rest = open > 0 ? x.size / sizeOf(known) : 1;
  const wanted = shape.map((size) => (size === -1 ? rest : size));
  if (open > 1 || !Number.isInteger(rest) || sizeOf(wanted) !== x.size) {
    throw new ShapeError(
      "reshape",
      `${x.size} elements do not fill the shape`,
      { from: x.shape, to: shape },
      "The sizes must multiply to the number of elements; at most one may be -1.",
    );
  }
  return wanted;
}

/**
 * The axes in another order; without one, reversed.
 * @example transpose(tensor([[1, 2], [3, 4]])).toArray() // => [[1, 3], [2, 4]]
 */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  checkTensor("transpose", x);
  if (order !== undefined && !Array.isArray(order)) {
    throw new ShapeError("transpose", "the order is not an array of axes", { order });
  }
  const wanted =
    order?.map((axis) => normalizeAxis("transpose", axis, x.rank)) ?? x.shape.map((_, i) => x.rank - 1 - i);
  if (wanted.length !== x.rank || new Set(wanted).size !== x.rank) {
    throw new ShapeError("transpose", "the order must name every axis once", { order: wanted, shape: x.shape });
  }
  return apart(x, permute(x, wanted));
}

/** Two axes exchanged. */
export function swapAxes(x: Tensor, a: number, b: number): Tensor {
  checkTensor("swapAxes", x);
  const first = normalizeAxis("swapAxes", a, x.rank);
  const second = normalizeAxis("swapAxes", b, x.rank);
  return apart(x, exchange(x, first, second));
}

/**
 * Stretch axes of size 1, and add axes in front.
 * @throws ShapeError if the shape does not broadcast to `shape`
 */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor("broadcastTo", x);
  checkShape("broadcastTo", shape);
  if (!sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
    throw new ShapeError("broadcastTo", "the shape does not stretch to the wanted one", { from: x.shape, to: shape });
  }
  return apart(x, stretch(x, shape));
}

/** What `slice` takes of one axis: all, one index (the axis goes), or `[start, stop, step]` as in Python. */
export type SliceRange = null | number | readonly [start: number | null, stop?: number | null, step?: number];

/**
 * Parts of the axes, as Python's `x[1, 2:5, ::-1]`: one range for each axis from the first, the rest whole.
 *
 * @param ranges  `null` whole axis, a number one index (negative from the end), or `[start, stop, step]`, half open
 * @throws ShapeError if an index is outside its axis, a range is none, a step is 0, or there are more ranges than axes
 * @example slice(tensor([[1, 2, 3], [4, 5, 6]]), [1, [null, null, -1]]).toArray() // => [6, 5, 4]
 */
export function slice(x: Tensor, ranges: readonly SliceRange[]): Tensor {
  checkTensor("slice", x);
  if (!Array.isArray(ranges)) throw new ShapeError("slice", "the ranges are not an array", { came: ranges });
  if (ranges.length > x.rank) {
    throw new ShapeError("slice", `${ranges.length} ranges for ${x.rank} axes`, { shape: x.shape });
  }
  const axes = x.shape.map((size, axis) => resolveRange(ranges[axis] ?? null, size, axis));
  const params = {
    starts: axes.map(({ start }) => start),
    sizes: axes.map(({ size }) => size),
    steps: axes.map(({ step }) => step),
  };
  const taken = takeSlice(x, params);
  const shape = taken.shape.filter((_, axis) => typeof ranges[axis] !== "number");
  return apart(x, reshapeTo(taken, shape));
}

function resolveRange(range: SliceRange, size: number, axis: number): { start: number; size: number; step: number } {
  if (range === null) return { start: 0, size, step: 1 };
  if (typeof range === "number") {
    if (!Number.isInteger(range) || range < -size || range >= size) {
      throw new ShapeError("slice", `index ${range} is outside axis ${axis} of size ${size}`, {
        index: range,
        axis,
        size,
      });
    }
    return { start: range < 0 ? range + size : range, size: 1, step: 1 };
  }
  const [from, to, step = 1] = checkRange(range, axis);
  if (!Number.isInteger(step) || step === 0)
    throw new ShapeError("slice", "a step is a whole number, not 0", { axis, step });
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (at: number): number => Math.min(most, Math.max(least, at < 0 ? at + size : at));
  const start = from == null ? (step > 0 ? 0 : size - 1) : clamp(from);
  const stop = to == null ? (step > 0 ? size : -1) : clamp(to);
  return { start, size: Math.max(0, Math.ceil((stop - start) / step)), step };
}

function checkRange(range: Exclude<SliceRange, null | number>, axis: number): typeof range {
  const isRange = Array.isArray(range) && range.length <= 3 && range.every((at) => at == null || Number.isInteger(at));
  if (isRange) return range;
  const wanted = "null, a whole number or [start, stop, step] of whole numbers";
  throw new ShapeError("slice", `the range of axis ${axis} is not ${wanted}`, { came: range });
}

/**
 * The order of the elements along some axes (default all) reversed.
 * @example flip(tensor([1, 2, 3])).toArray() // => [3, 2, 1]
 */
export function flip(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensor("flip", x);
  const reversed = new Set(normalizeAxes("flip", axes, x.rank));
  return slice(
    x,
    x.shape.map((_, axis) => (reversed.has(axis) ? [null, null, -1] : null)),
  );
}

/** A new axis of size 1 at `axis` of the result. */
export function expandDims(x: Tensor, axis: number): Tensor {
  checkTensor("expandDims", x);
  const at = normalizeAxis("expandDims", axis, x.rank + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Axes of size 1 left out: those named, or all there are. */
export function squeeze(x: Tensor, axes?: number | readonly number[]): Tensor {
  checkTensor("squeeze", x);
  const out = axes === undefined ? undefined : normalizeAxes("squeeze", axes, x.rank);
  const wide = out?.find((axis) => x.shape[axis] !== 1);
  if (wide !== undefined) {
    throw new ShapeError("squeeze", `axis ${wide} has size ${x.shape[wide]}, not 1`, { shape: x.shape });
  }
  return reshape(
    x,
    x.shape.filter((size, axis) => (out ? !out.includes(axis) : size !== 1)),
  );
}
