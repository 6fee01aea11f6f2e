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

/**
 * Rows of the batch by falling length, so that those active at a step are the first ones and the products need no
 * others. "Rank r" below is the row `order[r]`; what the products read and write is kept by rank.
 */
class Ranking {
  readonly order: Int32Array;
  #ends: ArrayLike<number> = [];

  constructor(batch: number) {
    this.order = new Int32Array(batch);
  }

  sort(ends: ArrayLike<number>): void {
    this.#ends = ends;
    for (let b = 0; b < this.order.length; b++) this.order[b] = b;
    this.order.sort((a, b) => (ends[b] ?? 0) - (ends[a] ?? 0));
  }

  /** The row of rank r. */
  row(rank: number): number {
    return this.order[rank] ?? 0;
  }

  /** How many rows are active at step t. */
  active(t: number): number {
    let count = this.order.length;
    while (count > 0 && (this.#ends[this.row(count - 1)] ?? 0) <= t) count--;
    return count;
  }
}

function prepareForward(layer: Layer, context: RoutineContext): PreparedRoutine {
  const { element, batch, hidden, row, wide, order, cell } = layer;
  const matrix = packedMatrix(
    { element, k: hidden, n: 4 * hidden, bRow: ELEMENTS[element].bytes, bColumn: row },
    context,
  );
  const ranking = new Ranking(batch);
  context.reserveScratch(matrix.bytes + batch * (wide + row));
  return (
    [projected = 0, recurrent = 0, h0 = 0, c0 = 0, lengths = 0],
    [outputs = 0, hN = 0, cN = 0, gates = 0, cells = 0],
  ) =>
    () => {
      const packed = context.scratch();
      const z = packed + matrix.bytes;
      const h = z + batch * wide;
      matrix.pack(recurrent, packed);
      ranking.sort(context.view("int32", lengths, batch));
      cell.duplicate(c0, cN, batch * hidden);
      for (let r = 0; r < batch; r++) cell.duplicate(h0 + ranking.row(r) * row, h + r * row, hidden);
      for (const t of order) {
        const active = ranking.active(t);
        const place = (r: number): number => t * batch + ranking.row(r);
        for (let r = 0; r < active; r++) cell.duplicate(projected + place(r) * wide, z + r * wide, 4 * hidden);
        matrix.multiplyAdd(packed, active, h, row, z, wide);
        for (let r = 0; r < active; r++) {
          const at = place(r) * row;
          cell.advance(z + r * wide, cN + ranking.row(r) * row, h + r * row, cells + at, outputs + at, hidden);
          cell.duplicate(z + r * wide, gates + 4 * at, 4 * hidden);
        }
        for (let r = active; r < batch; r++) {
          cell.zero(gates + place(r) * wide, 4 * hidden);
          cell.zero(cells + place(r) * row, hidden);
          cell.zero(outputs + place(r) * row, hidden);
        }
      }
      for (let r = 0; r < batch; r++) cell.duplicate(h + r * row, hN + ranking.row(r) * row, hidden);
    };
}

function prepareBackward(layer: Layer, context: RoutineContext): PreparedRoutine {
  const { element, batch, hidden, row, wide, order, cell } = layer;
  const matrix = packedMatrix(
    { element, k: 4 * hidden, n: hidden, bRow: row, bColumn: ELEMENTS[element].bytes },
    context,
  );
  const ghRow = matrix.resultRow;
  const ranking = new Ranking(batch);
  context.reserveScratch(matrix.bytes + batch * (wide + ghRow));
  return (
    [gOutputs = 0, gHN = 0, gCN = 0, recurrent = 0, c0 = 0, lengths = 0, gates = 0, cells = 0],
    [gProjected = 0, gH0 = 0, gC0 = 0],
  ) =>
    () => {
      const packed = context.scratch();
      const gz = packed + matrix.bytes;
      const gh = gz + batch * wide;
      const ends = context.view("int32", lengths, batch);
      matrix.pack(recurrent, packed);
      ranking.sort(ends);
      cell.duplicate(gCN, gC0, batch * hidden);
      for (let r = 0; r < batch; r++) cell.duplicate(gHN + ranking.row(r) * row, gh + r * ghRow, hidden);
      for (let step = order.length - 1; step >= 0; step--) {
        const t = order[step] ?? 0;
        const before = order[step - 1] ?? Number.POSITIVE_INFINITY;
        const active = ranking.active(t);
        for (let r = 0; r < active; r++) {
          const b = ranking.row(r);
          const at = (t * batch + b) * row;
          const cBefore = before < (ends[b] ?? 0) ? cells + (before * batch + b) * row : c0 + b * row;
          const state = gC0 + b * row;
          cell.retreat(
            gates + 4 * at,
            cBefore,
            cells + at,
            gOutputs + at,
            gh + r * ghRow,
            state,
            gz + r * wide,
            hidden,
          );
          cell.duplicate(gz + r * wide, gProjected + 4 * at, 4 * hidden);
        }
        for (let r = active; r < batch; r++) cell.zero(gProjected + (t * batch + ranking.row(r)) * wide, 4 * hidden);
        matrix.multiplyAdd(packed, active, gz, wide, gh, ghRow);
      }
      for (let r = 0; r < batch; r++) cell.duplicate(gh + r * ghRow, gH0 + ranking.row(r) * row, hidden);
    };
}
