/**
 * The LSTM sequence and its derivative: for each step one product with the recurrent matrix, packed once per call, and
 * one pass over each row of the batch (lstm-loops.ts). Rows of the batch don't depend on each other, so that threads can
 * share them out. Meaning and shapes are in core's `backend/routines.ts`.
 */
import type { RoutineStep } from "@skein-ml/core";
import type { CpuRoutine, PreparedRoutine, RoutineContext } from "../routine.ts";
import { ELEMENTS, type FloatElement } from "./element.ts";
import { type Loop, loopsOf } from "./loops.ts";
import { defineLstm } from "./lstm-loops.ts";
import { packedMatrix } from "./packed-matrix.ts";
import { matmulLoops } from "./strips.ts";

/** What both passes need to know; `row` and `wide` are the bytes of `H` and `4H` elements. */
interface Layer {
  readonly element: FloatElement;
  readonly batch: number;
  readonly hidden: number;
  readonly row: number;
  readonly wide: number;
  /** Step numbers in the order of the forward pass. */
  readonly order: readonly number[];
  readonly cell: Readonly<Record<"advance" | "retreat" | "zero" | "duplicate", Loop>>;
}

export const lstm: CpuRoutine = {
  lacks,
  prepare(step: RoutineStep, context: RoutineContext): PreparedRoutine {
    return prepareForward(layerOf(step, step.outputs[0]?.shape ?? [], context), context);
  },
};

export const lstmBackward: CpuRoutine = {
  lacks,
  prepare(step: RoutineStep, context: RoutineContext): PreparedRoutine {
    return prepareBackward(layerOf(step, step.inputs[0]?.shape ?? [], context), context);
  },
};

function lacks({ call, inputs }: RoutineStep): string | undefined {
  const dtype = inputs[0]?.dtype ?? "bool";
  return dtype === "float32" || dtype === "float64" ? undefined : `${call.name} of ${dtype}`;
}

/** @param shape `[T, B, H]` */
function layerOf({ call, inputs }: RoutineStep, shape: readonly number[], context: RoutineContext): Layer {
  const [steps = 0, batch = 0, hidden = 0] = shape;
  const element = inputs[0]?.dtype as FloatElement;
  const { bytes } = ELEMENTS[element];
  const exports = context.module(`lstm ${element}`, (module) => defineLstm(module, element));
  const reverse = "reverse" in call.params && call.params.reverse;
  const order = Array.from({ length: steps }, (_, step) => (reverse ? steps - 1 - step : step));
  const cell = loopsOf(exports, ["advance", "retreat", "zero", "duplicate"]);
  return { element, batch, hidden, row: hidden * bytes, wide: 4 * hidden * bytes, order, cell };
}

function prepareForward(
  { element, batch, hidden, row, wide, order, cell }: Layer,
  context: RoutineContext,
): PreparedRoutine {
  const { bytes } = ELEMENTS[element];
  const transposed = packedMatrix({ element, k: hidden, n: 4 * hidden, bRow: bytes, bColumn: row }, context);
  context.reserveScratch(transposed.bytes);
  return (
    [projected = 0, recurrent = 0, h0 = 0, c0 = 0, lengths = 0],
    [outputs = 0, hN = 0, cN = 0, gates = 0, cells = 0],
  ) =>
    () => {
      const packed = context.scratch();
      const ends = context.view("int32", lengths, batch);
      transposed.pack(recurrent, packed);
      cell.duplicate(h0, hN, batch * hidden);
      cell.duplicate(c0, cN, batch * hidden);
      cell.duplicate(projected, gates, order.length * batch * 4 * hidden);
      for (const t of order) {
        transposed.multiplyAdd(packed, activeRows(ends, t), hN, row, gates + t * batch * wide, wide);
        for (let b = 0; b < batch; b++) {
          const at = t * batch + b;
          if (t < (ends[b] ?? 0)) {
            cell.advance(gates + at * wide, cN + b * row, hN + b * row, cells + at * row, outputs + at * row, hidden);
          } else {
            cell.zero(gates + at * wide, 4 * hidden);
            cell.zero(cells + at * row, hidden);
            cell.zero(outputs + at * row, hidden);
          }
        }
      }
    };
}

/** Rows of the batch up to the last one that is active at step t. */
function activeRows(ends: ArrayLike<number>, t: number): number {
  let rows = ends.length;
  while (rows > 0 && (ends[rows - 1] ?? 0) <= t) rows--;
  return rows;
}

function prepareBackward(
  { element, batch, hidden, row, wide, order, cell }: Layer,
  context: RoutineContext,
): PreparedRoutine {
  const { bytes } = ELEMENTS[element];
  const { copy } = matmulLoops(element, context);
  const matrix = packedMatrix({ element, k: 4 * hidden, n: hidden, bRow: row, bColumn: bytes }, context);
  const ghRow = matrix.resultRow;
  context.reserveScratch(matrix.bytes + batch * ghRow);
  return (
    [gOutputs = 0, gHN = 0, gCN = 0, recurrent = 0, c0 = 0, lengths = 0, gates = 0, cells = 0],
    [gProjected = 0, gH0 = 0, gC0 = 0],
  ) =>
    () => {
      const packed = context.scratch();
      const gh = packed + matrix.bytes;
      const ends = context.view("int32", lengths, batch);
      matrix.pack(recurrent, packed);
      copy(gHN, row, gh, ghRow, batch, hidden);
      cell.duplicate(gCN, gC0, batch * hidden);
      for (let step = order.length - 1; step >= 0; step--) {
        const [t, before] = [order[step] ?? 0, order[step - 1] ?? Number.POSITIVE_INFINITY];
        for (let b = 0; b < batch; b++) {
          const at = t * batch + b;
          const end = ends[b] ?? 0;
          const gz = gProjected + at * wide;
          const cBefore = before < end ? cells + (before * batch + b) * row : c0 + b * row;
          if (t >= end) cell.zero(gz, 4 * hidden);
          else {
            const [gRow, gcRow] = [gh + b * ghRow, gC0 + b * row];
            cell.retreat(gates + at * wide, cBefore, cells + at * row, gOutputs + at * row, gRow, gcRow, gz, hidden);
          }
        }
        matrix.multiplyAdd(packed, activeRows(ends, t), gProjected + t * batch * wide, wide, gh, ghRow);
      }
      copy(gh, ghRow, gH0, row, batch, hidden);
    };
}
