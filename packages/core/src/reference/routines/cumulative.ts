/**
 * Reference of `cumulative`: running sums and products along rows.
 */
import type { RoutineParams } from "../../backend/routines.ts";
import { type ReferenceView, store, values } from "../view.ts";

/** `x [rows, n]` -> `[rows, n]`, inclusive; from the end if `reverse`. Floats run in float64, integers wrap. */
export function cumulative(
  { op, reverse }: RoutineParams["cumulative"],
  inputs: readonly ReferenceView[],
  outputs: readonly ReferenceView[],
): void {
  const source = inputs[0]!;
  const [rows = 1, n = 1] = source.shape;
  const x = values(source);
  const fold = source.dtype.startsWith("float") ? FLOAT[op] : INTEGER[op];
  for (let row = 0; row < rows; row++) {
    let running = op === "sum" ? 0 : 1;
    for (let step = 0; step < n; step++) {
      const i = row * n + (reverse ? n - 1 - step : step);
      running = fold(running, x[i]!);
      x[i] = running;
    }
  }
  store(outputs[0]!, x);
}

type Fold = Readonly<Record<"sum" | "prod", (a: number, b: number) => number>>;
const FLOAT: Fold = { sum: (a, b) => a + b, prod: (a, b) => a * b };
const INTEGER: Fold = { sum: (a, b) => (a + b) | 0, prod: Math.imul };
