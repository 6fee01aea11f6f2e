/**
 * WASM loops of a matrix times a vector, for matrices with contiguous rows: both read the matrix once, in order.
 */
import { type FunctionBuilder, type Local, load, type Module, op, type V128, vector } from "../wasm/assembler.ts";
import { ELEMENTS, type Element } from "./element.ts";
import { alongRow, foldLanes } from "./rows.ts";

/** Rows of the matrix that one pass takes together. */
const ROWS = 4;

type Address = Local<"i32">;

/**
 * Define, with steps in bytes:
 *
 * - `dotRows(matrix, row, x, y, rows, n)`: `y[r] = Σ_i matrix[r, i] x[i]`
 * - `addRows(matrix, row, x, xStep, y, rows, n)`: `y[i] = Σ_r x[r] matrix[r, i]`
 */
export function defineMatvec(module: Module, element: Element): void {
  const i32 = "i32";
  module.function("dotRows", { matrix: i32, row: i32, x: i32, y: i32, rows: i32, n: i32 }, (f, { rows, ...p }) => {
    const whole = f.keep(op("i32.sub", rows, op("i32.rem_s", rows, ROWS)));
    f.for(whole, () => emitDots(f, element, p, ROWS), { step: ROWS });
    f.for(rows, () => emitDots(f, element, p, 1), { from: whole });
  });
  const params = { matrix: i32, row: i32, x: i32, xStep: i32, y: i32, rows: i32, n: i32 } as const;
  module.function("addRows", params, (f, { rows, ...p }) => {
    const cleared = f.keep(p.y);
    alongRow(f, element, { n: p.n, addresses: [cleared] }, ({ write }) => write(cleared, vector("i32x4", 0)));
    const whole = f.keep(op("i32.sub", rows, op("i32.rem_s", rows, ROWS)));
    f.for(whole, () => emitSums(f, element, p, ROWS), { step: ROWS });
    f.for(rows, () => emitSums(f, element, p, 1), { from: whole });
  });
}

/** Addresses of `rows` rows from `matrix`, which moves on to the row after them. */
function takeRows(f: FunctionBuilder, matrix: Address, row: Address, rows: number): Address[] {
  return Array.from({ length: rows }, () => {
    const place = f.keep(matrix);
    f.add(matrix, row);
    return place;
  });
}

function emitDots(
  f: FunctionBuilder,
  element: Element,
  { matrix, row, x, y, n }: { matrix: Address; row: Address; x: Address; y: Address; n: Address },
  rows: number,
): void {
  const { bytes, shape, add, mul, storeOne } = ELEMENTS[element];
  const lines = takeRows(f, matrix, row, rows).map((place) => ({ place, sum: f.keep(vector(shape, 0)) }));
  const along = f.keep(x);
  const addresses = [along, ...lines.map(({ place }) => place)];
  alongRow(f, element, { n, addresses }, ({ read }) => {
    const factor = f.keep(read(along));
    for (const { place, sum } of lines) f.set(sum, op(add, sum, op(mul, read(place), factor)));
  });
  for (const { sum } of lines) {
    f.storeLane(
      storeOne,
      0,
      y,
      foldLanes(f, element, sum, (a, b) => op(add, a, b)),
    );
    f.add(y, bytes);
  }
}

function emitSums(
  f: FunctionBuilder,
  element: Element,
  p: { matrix: Address; row: Address; x: Address; xStep: Address; y: Address; n: Address },
  rows: number,
): void {
  const { add, mul, loadSplat } = ELEMENTS[element];
  const lines = takeRows(f, p.matrix, p.row, rows).map((place) => {
    const factor = f.keep(load(loadSplat, p.x));
    f.add(p.x, p.xStep);
    return { place, factor };
  });
  const along = f.keep(p.y);
  const addresses = [along, ...lines.map(({ place }) => place)];
  alongRow(f, element, { n: p.n, addresses }, ({ read, write }) => {
    const terms = lines.map(({ place, factor }): V128 => op(mul, read(place), factor));
    write(
      along,
      op(
        add,
        read(along),
        terms.reduce((sum, term) => op(add, sum, term)),
      ),
    );
  });
}
