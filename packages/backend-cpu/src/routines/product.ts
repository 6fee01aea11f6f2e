/**
 * One matrix product as the code for it sees it: sizes in elements, steps in bytes.
 */
import type { Element } from "./element.ts";

/** `C[m, n] = A[m, k] · B[k, n]`. C is contiguous. */
export interface Product {
  readonly element: Element;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly aRow: number;
  readonly aColumn: number;
  readonly bRow: number;
  readonly bColumn: number;
}

/** Multiply the matrices at three addresses. */
export type Multiply = (a: number, b: number, c: number) => void;
