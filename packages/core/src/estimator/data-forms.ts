/**
 * The forms in which people have their data, and how to tell them apart. No form needs a library: an Arrow table is
 * whatever has `schema.fields`, `numRows` and `getChild`.
 */
import type { TypedArray } from "../dtype.ts";
import { inBlocks } from "../progress/in-blocks.ts";
import type { Context } from "../progress/progress.ts";
import { Tensor } from "../tensor/tensor.ts";
import type { CsrMatrix, DenseMatrix, Matrix } from "./matrix.ts";
import { isPlainObject } from "./plain-object.ts";

/** Rows of numbers. */
export type Rows = readonly ArrayLike<number>[];

/** Flat row-major numbers and their shape `[n, p]`. */
export interface FlatRows {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** One cell of a table, where it stands for a number. */
export type Cell = number | boolean | bigint | null | undefined;

/** Named columns of equal length. */
export type Table = Readonly<Record<string, ArrayLike<Cell>>>;

/** What is used of an Arrow vector. */
export interface ArrowVector {
  readonly length: number;
  readonly nullCount?: number;
  get(index: number): unknown;
  toArray(): ArrayLike<unknown>;
}

/** What is used of an Arrow table (npm `apache-arrow`). */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string }[] };
  readonly numRows: number;
  getChild(name: string): ArrowVector | null;
}

/** Everything that can be `X` where rows of numbers are wanted. */
export type MatrixLike = Tensor | Rows | FlatRows | CsrMatrix | DenseMatrix | ArrowTable | Table;

/** Numbers `[n]`, or `[n, outputs]` for estimators that learn several targets at once. */
export type NumbersLike = readonly number[] | readonly (readonly number[])[] | TypedArray | Tensor | ArrowVector;

/** Names of classes. */
export type Label = number | string | boolean;

/** A label for each row. */
export type LabelsLike = readonly Label[] | TypedArray | Tensor | ArrowVector;

export function isTensor(X: unknown): X is Tensor {
  return X instanceof Tensor;
}

export function isMatrix(X: unknown): X is Matrix {
  return isPlainObject(X) && (X.kind === "csr" || X.kind === "dense") && Array.isArray(X.shape) && isArrayLike(X.data);
}

export function isFlatRows(X: unknown): X is FlatRows {
  if (!isPlainObject(X) || Object.keys(X).some((key) => key !== "data" && key !== "shape")) return false;
  return isArrayLike(X.data) && Array.isArray(X.shape) && X.shape.every((size) => typeof size === "number");
}

export function isArrowTable(X: unknown): X is ArrowTable {
  if (typeof X !== "object" || X === null) return false;
  const { schema, numRows, getChild } = X as Partial<ArrowTable>;
  return Array.isArray(schema?.fields) && typeof numRows === "number" && typeof getChild === "function";
}

export function isArrowVector(y: unknown): y is ArrowVector {
  if (typeof y !== "object" || y === null || Array.isArray(y) || ArrayBuffer.isView(y)) return false;
  const { get, toArray, length } = y as Partial<ArrowVector>;
  return typeof get === "function" && typeof toArray === "function" && typeof length === "number";
}

/** An object whose every value is a column. */
export function isTable(X: unknown): X is Readonly<Record<string, ArrayLike<unknown>>> {
  return isPlainObject(X) && Object.values(X).every((column) => isArrayLike(column) || isArrowVector(column));
}

/** An array or a typed array. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** The cells of an Arrow vector; null where it has none (its raw values hold rubbish there). */
export async function vectorCells(context: Context, vector: ArrowVector): Promise<ArrayLike<unknown>> {
  if ((vector.nullCount ?? 0) === 0) return vector.toArray();
  const cells: unknown[] = [];
  await inBlocks(context, vector.length, (from, to) => {
    for (let i = from; i < to; i++) cells.push(vector.get(i));
  });
  return cells;
}
