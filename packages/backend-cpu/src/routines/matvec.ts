/**
 * Products with one row or one column: a matrix times a vector, limited by how fast the matrix is read.
 *
 * `y[r] = Σ_i matrix[r, i] x[i]` where the matrix has contiguous rows, or else `y += x[r] · matrix[r]` over the rows of
 * its transpose.
 */
import type { RoutineContext } from "../routine.ts";
import { ELEMENTS, type Element } from "./element.ts";
import { type Loop, loopsOf } from "./loops.ts";
import { defineMatvec } from "./matvec-loops.ts";
import { definePacking } from "./packing.ts";
import type { Multiply, Product } from "./product.ts";

/** The matrix `[rows, columns]` and vector of a product with `m` or `n` of 1; steps in bytes. */
interface Matvec {
  readonly rows: number;
  readonly columns: number;
  readonly row: number;
  readonly column: number;
  /** Step along the vector. */
  readonly step: number;
}

/** Code for a product with `m` or `n` of 1, or `undefined` if no axis of the matrix is contiguous. */
export function prepareMatvec(product: Product, context: RoutineContext): Multiply | undefined {
  const { element, m, n, k, aRow, aColumn, bRow, bColumn } = product;
  const { bytes } = ELEMENTS[element];
  const swap = n !== 1;
  const matvec: Matvec = swap
    ? { rows: n, columns: k, row: bColumn, column: bRow, step: aColumn }
    : { rows: m, columns: k, row: aRow, column: aColumn, step: bRow };
  if (matvec.column !== bytes && matvec.row !== bytes) return undefined;
  const multiply = prepare(matvec, element, context);
  return swap ? (a, b, c) => multiply(b, a, c) : multiply;
}

/** The generated loops for an element type. */
export function matvecLoops(
  element: Element,
  context: RoutineContext,
): Readonly<Record<"dotRows" | "addRows" | "collect", Loop>> {
  const exports = context.module(`matvec ${element}`, (module) => {
    defineMatvec(module, element);
    definePacking(module, element);
  });
  return loopsOf(exports, ["dotRows", "addRows", "collect"]);
}

function prepare({ rows, columns, row, column, step }: Matvec, element: Element, context: RoutineContext): Multiply {
  const { bytes } = ELEMENTS[element];
  const loops = matvecLoops(element, context);
  if (column !== bytes) return (matrix, x, y) => loops.addRows(matrix, column, x, step, y, columns, rows);
  if (step === bytes) return (matrix, x, y) => loops.dotRows(matrix, row, x, y, rows, columns);
  context.reserveScratch(columns * bytes);
  return (matrix, x, y) => {
    const packed = context.scratch();
    loops.collect(x, 0, packed, 0, 1, columns, step);
    loops.dotRows(matrix, row, packed, y, rows, columns);
  };
}
