/**
 * Shapes, strides and axes: the arithmetic of how a flat buffer is seen as an array.
 */
import { ShapeError } from "../errors.ts";

/** Sizes of the axes, outermost first. A scalar has shape `[]`. */
export type Shape = readonly number[];

/** Number of elements: the product of the sizes. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** Strides of a row-major array without gaps, in elements. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis] ?? 1;
  }
  return strides;
}

/** True if the elements lie in row-major order without gaps (axes of size 1 may have any stride). */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  if (sizeOf(shape) === 0) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis] ?? 1;
  }
  return true;
}

/**
 * Strides that show the same elements in another shape, or `undefined` if only a copy can.
 *
 * Old axes that are jointly contiguous form runs; each run may be cut anew into axes of the same total size.
 */
export function reshapeStrides(shape: Shape, strides: readonly number[], wanted: Shape): number[] | undefined {
  if (sizeOf(shape) === 0) return contiguousStrides(wanted);
  const result = new Array<number>(wanted.length).fill(0);
  let axis = wanted.length - 1;
  for (const run of contiguousRuns(shape, strides)) {
    let covered = 1;
    while (covered < run.size) {
      const size = wanted[axis] ?? 0;
      if (size === 0 || run.size % (covered * size) !== 0) return undefined;
      result[axis] = run.stride * covered;
      covered *= size;
      axis--;
    }
  }
  return result;
}

/** Jointly contiguous axes merged, innermost run first; axes of size 1 are left out. */
function contiguousRuns(shape: Shape, strides: readonly number[]): { size: number; stride: number }[] {
  const runs: { size: number; stride: number }[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    const stride = strides[axis] ?? 0;
    if (size === 1) continue;
    const inner = runs[runs.length - 1];
    if (inner && stride === inner.stride * inner.size) inner.size *= size;
    else runs.push({ size, stride });
  }
  return runs;
}

/** The axis as a number in `[0, rank)`; negative counts from the end. */
export function normalizeAxis(call: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new ShapeError(call, `axis ${axis} is outside [-${rank}, ${rank})`, { axis, rank });
  }
  return axis < 0 ? axis + rank : axis;
}

/** Sorted, distinct axes; `undefined` means all. */
export function normalizeAxes(call: string, axes: number | readonly number[] | undefined, rank: number): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  if (typeof axes !== "number" && !Array.isArray(axes)) {
    throw new ShapeError(call, "axis is neither a whole number nor an array of them", { axis: axes });
  }
  const list = (typeof axes === "number" ? [axes] : axes).map((axis) => normalizeAxis(call, axis, rank));
  if (new Set(list).size !== list.length) throw new ShapeError(call, "an axis is named twice", { axes });
  return list.sort((a, b) => a - b);
}

/** Throws unless every size is a whole number of at least 0. */
export function checkShape(call: string, shape: Shape): void {
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) {
    throw new ShapeError(call, "a shape is an array of whole numbers of at least 0", { shape });
  }
}

/**
 * The shape two arrays have in common by broadcasting: sizes are compared from the last axis, 1 stretches.
 *
 * @throws ShapeError if sizes differ and neither is 1
 * @example broadcastShapes("add", [3, 1], [4]) // => [3, 4]
 */
export function broadcastShapes(call: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[a.length - rank + i] ?? 1;
    const n = b[b.length - rank + i] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        call,
        `sizes ${m} and ${n} do not broadcast`,
        { left: a, right: b },
        "Sizes must be equal or 1, counted from the last axis.",
      );
    }
    return m === 1 ? n : m;
  });
}

/** True if the shapes are equal. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}
