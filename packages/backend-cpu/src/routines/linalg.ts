/**
 * `cholesky` and `triangularSolve`: the inner products run in WASM, along contiguous rows; what is left for each row or
 * column is done in JavaScript on the machine's memory.
 */
import type { RoutineStep } from "@skein-ml/core";
import type { CpuRoutine, PreparedRoutine, RoutineContext } from "../routine.ts";
import { ELEMENTS, type FloatElement } from "./element.ts";
import { matvecLoops } from "./matvec.ts";

function lacks({ call, inputs }: RoutineStep): string | undefined {
  const dtype = inputs[0]?.dtype ?? "bool";
  return dtype === "float32" || dtype === "float64" ? undefined : `${call.name} of ${dtype}`;
}

export const cholesky: CpuRoutine = {
  lacks,
  prepare({ inputs }: RoutineStep, context: RoutineContext): PreparedRoutine {
    const element = inputs[0]?.dtype as FloatElement;
    const [batch = 0, n = 0] = inputs[0]?.shape ?? [];
    const { bytes } = ELEMENTS[element];
    const factor = prepareFactor(element, n, context);
    return ([a = 0], [y = 0]) =>
      () => {
        context.view(element, y, batch * n * n).set(context.view(element, a, batch * n * n));
        for (let b = 0; b < batch; b++) factor(y + b * n * n * bytes);
      };
  },
};

/** In place, column by column: `L[i, j] = (a[i, j] - Σ_k L[i, k] L[j, k]) / L[j, j]` with k < j. */
function prepareFactor(element: FloatElement, n: number, context: RoutineContext): (address: number) => void {
  const { bytes } = ELEMENTS[element];
  const { dotRows } = matvecLoops(element, context);
  context.reserveScratch(n * bytes);
  return (address) => {
    const matrix = context.view(element, address, n * n);
    const products = context.view(element, context.scratch(), n);
    for (let j = 0; j < n; j++) {
      const row = address + j * n * bytes;
      dotRows(row, n * bytes, row, context.scratch(), n - j, j);
      const pivot = (matrix[j * n + j] ?? 0) - (products[0] ?? 0);
      if (!(pivot > 0 && pivot < Infinity)) return void matrix.fill(Number.NaN);
      const root = Math.sqrt(pivot);
      matrix[j * n + j] = root;
      for (let i = j + 1; i < n; i++) matrix[i * n + j] = ((matrix[i * n + j] ?? 0) - (products[i - j] ?? 0)) / root;
      matrix.fill(0, j * n + j + 1, (j + 1) * n);
    }
  };
}

export const triangularSolve: CpuRoutine = {
  lacks,
  prepare({ call, inputs }: RoutineStep, context: RoutineContext): PreparedRoutine {
    if (call.name !== "triangularSolve") throw new RangeError(call.name);
    const { lower, transpose } = call.params;
    const element = inputs[0]?.dtype as FloatElement;
    const [batch = 0, n = 0, k = 0] = inputs[1]?.shape ?? [];
    const { bytes } = ELEMENTS[element];
    const substitute = prepareSubstitution(element, { n, k, transpose, downwards: lower !== transpose }, context);
    return ([a = 0, rhs = 0], [y = 0]) =>
      () => {
        context.view(element, y, batch * n * k).set(context.view(element, rhs, batch * n * k));
        for (let b = 0; b < batch; b++) substitute(a + b * n * n * bytes, y + b * n * k * bytes);
      };
  },
};

interface Substitution {
  readonly n: number;
  readonly k: number;
  readonly transpose: boolean;
  readonly downwards: boolean;
}

/** In place, row by row: `x[i] = (x[i] - Σ_j op(a)[i, j] x[j]) / a[i, i]` over the rows j that are solved. */
function prepareSubstitution(
  element: FloatElement,
  { n, k, transpose, downwards }: Substitution,
  context: RoutineContext,
): (a: number, x: number) => void {
  const { bytes } = ELEMENTS[element];
  const { addRows } = matvecLoops(element, context);
  const [alongRow, alongColumn] = transpose ? [n, 1] : [1, n];
  context.reserveScratch(k * bytes);
  return (a, x) => {
    const matrix = context.view(element, a, n * n);
    const solution = context.view(element, x, n * k);
    const sums = context.view(element, context.scratch(), k);
    for (let step = 0; step < n; step++) {
      const i = downwards ? step : n - 1 - step;
      const first = downwards ? 0 : i + 1;
      const factors = a + (i * alongColumn + first * alongRow) * bytes;
      addRows(x + first * k * bytes, k * bytes, factors, alongRow * bytes, context.scratch(), step, k);
      const pivot = matrix[i * n + i] ?? 0;
      for (let j = 0; j < k; j++) solution[i * k + j] = ((solution[i * k + j] ?? 0) - (sums[j] ?? 0)) / pivot;
    }
  };
}
