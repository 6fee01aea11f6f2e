/**
 * The loop along rows of contiguous elements: whole vectors first, then what is left, one element at a time.
 */
import { type Lanes, part } from "../kernel/lanes.ts";
import { type Arg, type FunctionBuilder, type Local, load, op, shuffle, type V128 } from "../wasm/assembler.ts";
import { ELEMENTS, type Element } from "./element.ts";

/** How the body of a loop reaches the elements that it is at. */
export interface RowAccess {
  /** How many vectors stand at each address. */
  readonly vectors: number;
  /** False for whole vectors; true for one element, which stands in lane 0 (the other lanes are read as zeros). */
  readonly single: boolean;
  read(address: Local<"i32">, vector?: number): V128;
  write(address: Local<"i32">, value: V128, vector?: number): void;
}

interface Row {
  readonly n: Local<"i32">;
  /** They move along with the loop. */
  readonly addresses: readonly Local<"i32">[];
  /** Vectors handled together while there are as many, so that long formulas overlap. */
  readonly vectors?: number;
}

/** Run `body` over `n` elements: emitted for several vectors if asked, for one vector, and for single elements. */
export function alongRow(
  f: FunctionBuilder,
  element: Element,
  { n, addresses, vectors = 1 }: Row,
  body: (access: RowAccess) => void,
): void {
  const { bytes, count } = ELEMENTS[element];
  let from: Arg<"i32"> = 0;
  const pass = (access: RowAccess, step: number): void => {
    const to = step === 1 ? n : f.keep(op("i32.sub", n, op("i32.rem_s", n, step)));
    const each = () => {
      body(access);
      for (const address of addresses) f.add(address, step * bytes);
    };
    f.for(to, each, { from, step });
    from = to;
  };
  if (vectors > 1) pass(vectorAccess(f, vectors), vectors * count);
  pass(vectorAccess(f, 1), count);
  pass(elementAccess(f, element), 1);
}

function vectorAccess(f: FunctionBuilder, vectors: number): RowAccess {
  return {
    vectors,
    single: false,
    read: (address, vector = 0) => load("v128.load", address, 16 * vector),
    write: (address, value, vector = 0) => f.store("v128.store", address, value, 16 * vector),
  };
}

function elementAccess(f: FunctionBuilder, element: Element): RowAccess {
  const { loadOne, storeOne } = ELEMENTS[element];
  return {
    vectors: 1,
    single: true,
    read: (address) => load(loadOne, address),
    write: (address, value) => f.storeLane(storeOne, 0, address, value),
  };
}

/** All vectors that stand at an address. */
export function readAll(f: FunctionBuilder, { vectors, read }: RowAccess, address: Local<"i32">): Lanes {
  return Array.from({ length: vectors }, (_, v) => f.keep(read(address, v)));
}

/** Write vectors to an address, repeating one that is the same for all. */
export function writeAll({ vectors, write }: RowAccess, address: Local<"i32">, values: Lanes): void {
  for (let v = 0; v < vectors; v++) write(address, part(values, v), v);
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
