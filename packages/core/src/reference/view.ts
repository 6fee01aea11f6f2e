/**
 * Strided arrays in host memory, as the reference interpreter sees a plan's views. Reference routines read a view into
 * plain float64 values, compute, and store the result back, so rounding to the dtype happens once, at the store.
 */
import type { DType, TypedArray } from "../dtype.ts";

/** A strided array over a typed array. Offset and strides count elements; stride 0 repeats. */
export interface ReferenceView {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly data: TypedArray;
}

/** The position in `data` of every element of a view, in row-major order. */
function positions({ shape, strides, offset }: ReferenceView): Int32Array {
  let starts = Int32Array.of(offset);
  shape.forEach((size, axis) => {
    const stride = strides[axis]!;
    const next = new Int32Array(starts.length * size);
    starts.forEach((start, row) => {
      for (let i = 0; i < size; i++) next[row * size + i] = start + i * stride;
    });
    starts = next;
  });
  return starts;
}

/** The elements of a view in row-major order. Every dtype fits float64 exactly. */
export function values(view: ReferenceView): Float64Array {
  return Float64Array.from(positions(view), (position) => view.data[position]!);
}

/** Store values in row-major order. Floats are rounded to the dtype, integers wrap. */
export function store(view: ReferenceView, result: Float64Array): void {
  positions(view).forEach((position, i) => {
    view.data[position] = result[i]!;
  });
}
