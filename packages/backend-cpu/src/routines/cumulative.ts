/**
 * Running sums and products along rows, in JavaScript: each element waits for the one before it, so vectors gain little.
 */
import { isFloat, type RoutineStep } from "@skein-ml/core";
import type { CpuRoutine, PreparedRoutine, RoutineContext } from "../routine.ts";

/** Steps that keep integers exact: JavaScript's product of two of them would not be. */
const STEPS = {
  float: { sum: (a: number, b: number): number => a + b, prod: (a: number, b: number): number => a * b },
  integer: { sum: (a: number, b: number): number => (a + b) | 0, prod: Math.imul },
} as const;

export const cumulative: CpuRoutine = {
  prepare({ call, inputs }: RoutineStep, context: RoutineContext): PreparedRoutine {
    if (call.name !== "cumulative") throw new RangeError(call.name);
    const { op, reverse } = call.params;
    const dtype = inputs[0]?.dtype ?? "float64";
    const [rows = 0, n = 0] = inputs[0]?.shape ?? [];
    const step = STEPS[isFloat(dtype) ? "float" : "integer"][op];
    const [first, stride] = reverse ? [n - 1, -1] : [0, 1];
    return ([from = 0], [to = 0]) =>
      () => {
        const [x, y] = [context.view(dtype, from, rows * n), context.view(dtype, to, rows * n)];
        for (let row = 0; row < rows; row++) {
          let running = op === "sum" ? 0 : 1;
          for (let i = 0, at = row * n + first; i < n; i++, at += stride) {
            running = step(running, x[at] ?? 0);
            y[at] = running;
          }
        }
      };
  },
};
