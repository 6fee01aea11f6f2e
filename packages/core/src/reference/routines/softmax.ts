/**
 * References of `softmax` and `logSoftmax`. The maximum of the row is taken out first, so large inputs stay finite.
 */
import { type ReferenceView, store, values } from "../view.ts";

/** `x [rows, n]` -> `exp(x_i - max) / Σ_j exp(x_j - max)` along each row. */
export function softmax(inputs: readonly ReferenceView[], outputs: readonly ReferenceView[]): void {
  mapRows(inputs[0]!, outputs[0]!, (row) => {
    const peak = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const powers = row.map((x) => Math.exp(x - peak));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  });
}

/** `x [rows, n]` -> `x_i - max - log Σ_j exp(x_j - max)` along each row. */
export function logSoftmax(inputs: readonly ReferenceView[], outputs: readonly ReferenceView[]): void {
  mapRows(inputs[0]!, outputs[0]!, (row) => {
    const peak = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const logTotal = Math.log(row.reduce((sum, x) => sum + Math.exp(x - peak), 0));
    return row.map((x) => x - peak - logTotal);
  });
}

function mapRows(input: ReferenceView, output: ReferenceView, map: (row: Float64Array) => Float64Array): void {
  const [rows = 1, n = 1] = input.shape;
  const x = values(input);
  for (let row = 0; row < rows; row++) x.set(map(x.subarray(row * n, (row + 1) * n)), row * n);
  store(output, x);
}
