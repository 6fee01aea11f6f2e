/** The same elements laid out in memory in different ways: what views make of a tensor. */
import type { Device } from "../backend/device.ts";
import { type DType, newArray, type TypedArray } from "../dtype.ts";
import { flip, slice, transpose } from "../ops/views.ts";
import { type Shape, sizeOf } from "../tensor/strides.ts";
import { type Tensor, upload } from "../tensor/tensor.ts";

/** Elements in row-major order with their type. */
export interface Elements {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
}

/** Ways to lay out a tensor; all show the same elements. */
export const LAYOUTS: Readonly<Record<string, (device: Device, elements: Elements) => Tensor>> = {
  contiguous: (device, { shape, dtype, data }) => upload(device, data, { shape, dtype }),
  transposed: (device, elements) => {
    const turned = transposed(elements);
    return transpose(upload(device, turned.data, turned));
  },
  reversed: (device, { shape, dtype, data }) => {
    if (shape.length === 0) return upload(device, data, { shape, dtype });
    return flip(upload(device, data.slice().reverse(), { shape, dtype }));
  },
  inside: (device, { shape, dtype, data }) => {
    // One element before and after along every axis: offsets and gaps.
    const outer = shape.map((size) => size + 2);
    const wide = newArray(dtype, sizeOf(outer)).fill(dtype === "bool" ? 1 : 7);
    forEachIndex(shape, (index, flat) => {
      wide[index.reduce((place, i, axis) => place * (outer[axis] ?? 1) + i + 1, 0)] = data[flat] ?? 0;
    });
    return slice(
      upload(device, wide, { shape: outer, dtype }),
      shape.map((size) => [1, size + 1]),
    );
  },
};

function transposed({ shape, dtype, data }: Elements): Elements {
  const turned = [...shape].reverse();
  const result = newArray(dtype, data.length);
  forEachIndex(shape, (index, flat) => {
    const place = [...index].reverse().reduce((sum, i, axis) => sum * (turned[axis] ?? 1) + i, 0);
    result[place] = data[flat] ?? 0;
  });
  return { shape: turned, dtype, data: result };
}

function forEachIndex(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    let rest = flat;
    const index = new Array<number>(shape.length);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % (shape[axis] ?? 1);
      rest = Math.floor(rest / (shape[axis] ?? 1));
    }
    visit(index, flat);
  }
}
