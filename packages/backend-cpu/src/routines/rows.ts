/**
 * The loop along rows of contiguous elements: whole vectors first, then what is left, one element at a time.
 */
import { type FunctionBuilder, type Local, load, op, shuffle, type V128 } from "../wasm/assembler.ts";
import { ELEMENTS, type Element } from "./element.ts";

/** How the body of a loop reaches the elements that it is at. */
export interface RowAccess {
  /** False for whole vectors; true for one element, which stands in lane 0 (the other lanes are read as zeros). */
  readonly single: boolean;
  read(address: Local<"i32">): V128;
  write(address: Local<"i32">, value: V128): void;
}

/** Run `body` over `n` elements. It is emitted twice, for vectors and for single elements; `addresses` move along. */
export function alongRow(
  f: FunctionBuilder,
  element: Element,
  n: Local<"i32">,
  addresses: readonly Local<"i32">[],
  body: (access: RowAccess) => void,
): void {
  const { bytes, count, loadOne, storeOne } = ELEMENTS[element];
  const pass = (access: RowAccess, step: number) => () => {
    body(access);
    for (const address of addresses) f.add(address, step);
  };
  const vectors: RowAccess = {
    single: false,
    read: (address) => load("v128.load", address),
    write: (address, value) => f.store("v128.store", address, value),
  };
  const elements: RowAccess = {
    single: true,
    read: (address) => load(loadOne, address),
    write: (address, value) => f.storeLane(storeOne, 0, address, value),
  };
  const whole = f.keep(op("i32.sub", n, op("i32.rem_s", n, count)));
  f.for(whole, pass(vectors, 16), { step: count });
  f.for(n, pass(elements, bytes), { from: whole });
}

/** `fold` over all lanes of a vector; the result stands in every lane. */
export function foldLanes(
  f: FunctionBuilder,
  element: Element,
  value: V128,
  fold: (a: V128, b: V128) => V128,
): Local<"v128"> {
  const folded = f.keep(value);
  for (let half = 8; half >= ELEMENTS[element].bytes; half /= 2) {
    const turned = shuffle(
      folded,
      folded,
      Array.from({ length: 16 }, (_, i) => (i + half) % 16),
    );
    f.set(folded, fold(folded, turned));
  }
  return folded;
}
