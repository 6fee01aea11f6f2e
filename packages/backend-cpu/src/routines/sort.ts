/**
 * Stable sort of rows with the places their elements came from: merge sort of the places, in JavaScript on the machine's
 * memory. NaN goes last in both directions.
 */
import { DTYPES, type RoutineStep, type TypedArray } from "@skein-ml/core";
import type { CpuRoutine, PreparedRoutine, RoutineContext } from "../routine.ts";

export const sort: CpuRoutine = {
  prepare({ call, inputs }: RoutineStep, context: RoutineContext): PreparedRoutine {
    if (call.name !== "sort") throw new RangeError(call.name);
    const before = call.params.descending ? greater : less;
    const dtype = inputs[0]?.dtype ?? "float64";
    const [rows = 0, n = 0] = inputs[0]?.shape ?? [];
    const row = n * DTYPES[dtype].bytes;
    context.reserveScratch(4 * n);
    return ([from = 0], [values = 0, indices = 0]) =>
      () => {
        const spare = context.view("int32", context.scratch(), n);
        for (let r = 0; r < rows; r++) {
          const x = context.view(dtype, from + r * row, n);
          const order = context.view("int32", indices + r * 4 * n, n);
          mergeSort(x, order, spare, before);
          const sorted = context.view(dtype, values + r * row, n);
          for (let i = 0; i < n; i++) sorted[i] = x[order[i] ?? 0] ?? 0;
        }
      };
  },
};

type Before = (a: number, b: number) => boolean;

function less(a: number, b: number): boolean {
  return a < b || (Number.isNaN(b) && !Number.isNaN(a));
}

function greater(a: number, b: number): boolean {
  return a > b || (Number.isNaN(b) && !Number.isNaN(a));
}

/** Fill `order` with the places of x in sorted order, by merging runs of 1, 2, 4, ... between two arrays. */
function mergeSort(x: TypedArray, order: TypedArray, spare: TypedArray, before: Before): void {
  const n = x.length;
  for (let i = 0; i < n; i++) order[i] = i;
  let [from, to] = [order, spare];
  for (let run = 1; run < n; run *= 2) {
    for (let left = 0; left < n; left += 2 * run)
      merge(x, from, to, before, left, Math.min(left + run, n), Math.min(left + 2 * run, n));
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from);
}

/** Merge the runs `[left, middle)` and `[middle, end)` of `from` into `to`; of equals, the left one goes first. */
function merge(
  x: TypedArray,
  from: TypedArray,
  to: TypedArray,
  before: Before,
  left: number,
  middle: number,
  end: number,
): void {
  let [i, j] = [left, middle];
  for (let at = left; at < end; at++) {
    const takeRight = i >= middle || (j < end && before(x[from[j] ?? 0] ?? 0, x[from[i] ?? 0] ?? 0));
    to[at] = (takeRight ? from[j++] : from[i++]) ?? 0;
  }
}
