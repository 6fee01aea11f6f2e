/**
 * References of `gather` and `scatterAdd`: rows picked by index, and added back to where they were picked.
 */
import { type ReferenceView, store, values } from "../view.ts";

/** `x [outer, n, inner]`, `indices [m]` -> `[outer, m, inner]`; an index outside `[0, n)` gives zeros. */
export function gather(inputs: readonly ReferenceView[], outputs: readonly ReferenceView[]): void {
  const [source, indices] = [inputs[0]!, values(inputs[1]!)];
  const [outer = 1, n = 1, inner = 1] = source.shape;
  const x = values(source);
  const result = new Float64Array(outer * indices.length * inner);
  for (let o = 0; o < outer; o++) {
    indices.forEach((index, i) => {
      if (index < 0 || index >= n) return;
      const row = x.subarray((o * n + index) * inner, (o * n + index + 1) * inner);
      result.set(row, (o * indices.length + i) * inner);
    });
  }
  store(outputs[0]!, result);
}

/** `updates [outer, m, inner]`, `indices [m]` -> `[outer, size, inner]`; an index outside `[0, size)` is dropped. */
export function scatterAdd(size: number, inputs: readonly ReferenceView[], outputs: readonly ReferenceView[]): void {
  const [source, indices] = [inputs[0]!, values(inputs[1]!)];
  const [outer = 1, m = 1, inner = 1] = source.shape;
  const updates = values(source);
  const result = new Float64Array(outer * size * inner);
  for (let o = 0; o < outer; o++) {
    indices.forEach((index, i) => {
      if (index < 0 || index >= size) return;
      const [to, from] = [(o * size + index) * inner, (o * m + i) * inner];
      for (let j = 0; j < inner; j++) result[to + j]! += updates[from + j]!;
    });
  }
  store(outputs[0]!, result);
}
