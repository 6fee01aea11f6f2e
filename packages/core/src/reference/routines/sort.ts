/**
 * Reference of `sort`: rows in order, with the places their elements came from.
 */
import type { RoutineParams } from "../../backend/routines.ts";
import { type ReferenceView, store, values } from "../view.ts";

/** `x [rows, n]` -> values `[rows, n]`, indices `[rows, n]`. Stable; NaN last, also when `descending`; -0 equals 0. */
export function sort(
  { descending }: RoutineParams["sort"],
  inputs: readonly ReferenceView[],
  outputs: readonly ReferenceView[],
): void {
  const [rows = 1, n = 1] = inputs[0]!.shape;
  const x = values(inputs[0]!);
  const indices = new Float64Array(rows * n);
  for (let row = 0; row < rows; row++) {
    const line = x.slice(row * n, (row + 1) * n);
    const order = Array.from(line.keys()).sort((i, j) => compare(line[i]!, line[j]!, descending));
    indices.set(order, row * n);
    x.set(
      order.map((i) => line[i]!),
      row * n,
    );
  }
  store(outputs[0]!, x);
  store(outputs[1]!, indices);
}

function compare(a: number, b: number, descending: boolean): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  if (a === b) return 0;
  return a < b === descending ? 1 : -1;
}
