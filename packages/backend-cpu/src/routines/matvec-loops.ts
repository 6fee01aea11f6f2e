/**
 * WASM loops of a matrix times a vector, for matrices with contiguous rows: both read the matrix once, in order.
 */
import { type FunctionBuilder, load, type Local, type Module, op, shuffle, type V128, vector } from "../wasm/assembler.ts";
import { type Element, ELEMENTS } from "./element.ts";

/** Rows of the matrix that one pass takes together. */
const ROWS = 4;

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
    alongRow(f, element, p.n, [cleared], (_read, write) => write(cleared, vector("i32x4", 0)));
    const whole = f.keep(op("i32.sub", rows, op("i32.rem_s", rows, ROWS)));
    f.for(whole, () => emitSums(f, element, p, ROWS), { step: ROWS });
    f.for(rows, () => emitSums(f, element, p, 1), { from: whole });
  });
}

type Address = Local<"i32">;

/** Addresses of `rows` rows from `matrix`, which moves on to the row after them. */
function takeRows(f: FunctionBuilder, matrix: Address, row: Address, rows: number): Address[] {
  return Array.from({ length: rows }, () => {
    const place = f.keep(matrix);
    f.add(matrix, row);
    return place;
  });
}

/** Run `body` on whole vectors of a row of `n`, then on single elements in lane 0; addresses move along. */
function alongRow(
  f: FunctionBuilder,
  element: Element,
  n: Address,
  addresses: readonly Address[],
  body: (read: (address: Address) => V128, write: (address: Address, value: V128) => void) => void,
): void {
  const { bytes, count, loadOne, storeOne } = ELEMENTS[element];
  const whole = f.keep(op("i32.sub", n, op("i32.rem_s", n, count)));
  f.for(whole, () => {
    body((address) => load("v128.load", address), (address, value) => f.store("v128.store", address, value));
    for (const address of addresses) f.add(address, 16);
  }, { step: count });
  f.for(n, () => {
    body((address) => load(loadOne, address), (address, value) => f.storeLane(storeOne, 0, address, value));
    for (const address of addresses) f.add(address, bytes);
  }, { from: whole });
}

function emitDots(
  f: FunctionBuilder,
  element: Element,
  { matrix, row, x, y, n }: { matrix: Address; row: Address; x: Address; y: Address; n: Address },
  rows: number,
): void {
  const { bytes, shape, add, mul, storeOne } = ELEMENTS[element];
  const places = takeRows(f, matrix, row, rows);
  const sums = places.map(() => f.keep(vector(shape, 0)));
  const along = f.keep(x);
  alongRow(f, element, n, [along, ...places], (read) => {
    const factor = f.keep(read(along));
    sums.forEach((sum, r) => {
      const place = places[r];
      if (place) f.set(sum, op(add, sum, op(mul, read(place), factor)));
    });
  });
  for (const sum of sums) {
    f.storeLane(storeOne, 0, y, addLanes(f, element, sum));
    f.add(y, bytes);
  }
}

/** The sum of all lanes, in lane 0. */
export function addLanes(f: FunctionBuilder, element: Element, value: V128): V128 {
  const { add, bytes } = ELEMENTS[element];
  let sum = value;
  for (let half = 8; half >= bytes; half /= 2) {
    const whole = f.keep(sum);
    sum = op(add, whole, shuffle(whole, whole, Array.from({ length: 16 }, (_, i) => (i + half) % 16)));
  }
  return sum;
}

function emitSums(
  f: FunctionBuilder,
  element: Element,
  p: { matrix: Address; row: Address; x: Address; xStep: Address; y: Address; n: Address },
  rows: number,
): void {
  const { add, mul, loadSplat } = ELEMENTS[element];
  const places = takeRows(f, p.matrix, p.row, rows);
  const factors = places.map(() => {
    const factor = f.keep(load(loadSplat, p.x));
    f.add(p.x, p.xStep);
    return factor;
  });
  const along = f.keep(p.y);
  alongRow(f, element, p.n, [along, ...places], (read, write) => {
    const [first, ...rest] = places.map((place, r) => op(mul, read(place), factors[r] ?? vector("i32x4", 0)));
    if (first) write(along, op(add, read(along), rest.reduce((sum, term) => op(add, sum, term), first)));
  });
}
