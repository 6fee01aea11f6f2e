/**
 * From what people pass as `y` and `sampleWeight` to checked arrays: labels as class numbers, targets and weights as
 * float64.
 */
import { DataError } from "../errors.ts";
import { compareCodePoints } from "../model-file/code-points.ts";
import { Tensor } from "../tensor/tensor.ts";
import { isArrayLike, isArrowVector, type Label, vectorCells } from "./data-forms.ts";
import { describeValue } from "./describe-value.ts";

/** Labels as numbers of classes. */
export interface EncodedLabels {
  /** The distinct labels, sorted: numbers by size, strings by code points, false before true. */
  readonly classes: readonly Label[];
  /** For each row the place of its label in `classes`. */
  readonly codes: Int32Array;
}

/** Numbers to predict. */
export interface Targets {
  /** Row-major. */
  readonly data: Float64Array;
  /** `[n]`, or `[n, outputs]` if `y` came so. */
  readonly shape: readonly number[];
}

/**
 * Labels, one for each of `n` rows, all of one kind.
 * @throws DataError if there are too few or too many, kinds are mixed, or a value is no label (NaN, null, a fraction)
 */
export async function readLabels(call: string, y: unknown, n: number): Promise<readonly Label[]> {
  const { cells, shape } = await readColumn(call, "y", y, n);
  if (shape.length > 1) {
    throw new DataError(
      call,
      "y must be one label for each row",
      { shape },
      shape[1] === 1 ? "Pass a flat list: y.map((row) => row[0])." : "For one-hot rows pass the place of the 1.",
    );
  }
  const labels: Label[] = [];
  for (let row = 0; row < n; row++) {
    const label = toLabel(call, cells[row], row);
    const first = labels[0] ?? label;
    if (typeof label !== typeof first) {
      throw new DataError(
        call,
        `y mixes ${typeof first} and ${typeof label} labels`,
        { row, label, first },
        "Use labels of one kind, for instance y.map(String).",
      );
    }
    labels.push(label);
  }
  return labels;
}

/**
 * Labels as class numbers, for learning.
 * @throws DataError if there is one class only
 */
export function encodeLabels(call: string, labels: readonly Label[]): EncodedLabels {
  const classes = [...new Set(labels)].sort(compareLabels);
  if (classes.length < 2) {
    throw new DataError(
      call,
      "y has one class only",
      { class: classes[0], rows: labels.length },
      "A classifier needs rows of at least two classes.",
    );
  }
  return { classes, codes: encodeWith(call, labels, classes) };
}

/**
 * Labels as class numbers, for classes that are fixed already.
 * @throws DataError if a label is not among them
 */
export function encodeWith(call: string, labels: readonly Label[], classes: readonly Label[]): Int32Array {
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  return Int32Array.from(labels, (label, row) => {
    const code = codeOf.get(label);
    if (code !== undefined) return code;
    const kind = typeof classes[0];
    throw new DataError(
      call,
      "y holds a label that the model does not know",
      { row, label, classes: classes.slice(0, 20) },
      typeof label === kind ? "" : `The model's labels are ${kind}s.`,
    );
  });
}

/**
 * Orders labels of one kind: numbers by size, strings by Unicode code points (as Python does), false before true.
 * @example ["b", "a"].sort(compareLabels) // => ["a", "b"]
 */
export function compareLabels(a: Label, b: Label): number {
  return typeof a === "string" && typeof b === "string" ? compareCodePoints(a, b) : Number(a) - Number(b);
}

/**
 * Finite numbers, one (or with `multiOutput` a row of them) for each of `n` rows.
 * @throws DataError if there are too few or too many, or one is no finite number
 */
export async function readTargets(call: string, y: unknown, n: number, multiOutput: boolean): Promise<Targets> {
  const { cells, shape } = await readColumn(call, "y", y, n);
  if (shape.length > 2 || (shape.length === 2 && !multiOutput)) {
    throw new DataError(
      call,
      "y must be one number for each row",
      { shape },
      shape[1] === 1 ? "Pass a flat list: y.map((row) => row[0])." : "Fit one model for each target.",
    );
  }
  const data = new Float64Array(cells.length);
  for (let i = 0; i < data.length; i++) {
    const value = cells[i];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const [, outputs = 1] = shape;
      throw new DataError(
        call,
        `y holds ${describeValue(value)} where a finite number belongs`,
        { row: Math.floor(i / outputs), ...(shape.length > 1 && { output: i % outputs }) },
        typeof value === "string" ? "For names of classes take a classifier." : "Leave the row out.",
      );
    }
    data[i] = value;
  }
  return { data, shape };
}

/**
 * Weights of `n` rows: finite, none negative, not all zero. Undefined stays undefined.
 * @throws DataError if they are not
 */
export async function readWeights(call: string, sampleWeight: unknown, n: number): Promise<Float64Array | undefined> {
  if (sampleWeight === undefined) return undefined;
  const { cells, shape } = await readColumn(call, "sampleWeight", sampleWeight, n);
  if (shape.length > 1) throw new DataError(call, "sampleWeight must be one number for each row", { shape });
  const weights = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const weight = cells[row];
    if (typeof weight !== "number" || !Number.isFinite(weight) || weight < 0) {
      throw new DataError(
        call,
        `sampleWeight holds ${describeValue(weight)} where a finite number >= 0 belongs`,
        { row },
        "Use 0 for rows that should not count.",
      );
    }
    weights[row] = weight;
  }
  if (weights.every((weight) => weight === 0)) {
    throw new DataError(call, "sampleWeight is 0 for every row", { rows: n }, "At least one row must count.");
  }
  return weights;
}

interface Column {
  /** Row-major. */
  readonly cells: ArrayLike<unknown>;
  readonly shape: readonly number[];
}

/** The cells of `y` or `sampleWeight`, whatever form it came in. */
async function readColumn(call: string, name: string, column: unknown, n: number): Promise<Column> {
  const { cells, shape } = await toColumn(call, name, column);
  if (shape[0] === n) return { cells, shape };
  throw new DataError(
    call,
    `X has ${n} rows, but ${name} has ${shape[0] ?? "none"}`,
    { rows: n, shape },
    `Pass ${name} for each row of X.`,
  );
}

async function toColumn(call: string, name: string, column: unknown): Promise<Column> {
  if (column instanceof Tensor) {
    const data = await column.read();
    return { cells: column.dtype === "bool" ? Array.from(data, Boolean) : data, shape: column.shape };
  }
  if (isArrowVector(column)) return { cells: vectorCells(column), shape: [column.length] };
  if (isArrayLike(column))
    return isArrayLike(column[0]) ? flatten(call, name, column) : { cells: column, shape: [column.length] };
  throw new DataError(
    call,
    column === undefined ? `${name} is missing` : `${name} must be an array, but ${describeValue(column)} came`,
    {},
    `Pass ${name} for each row of X.`,
  );
}

function flatten(call: string, name: string, rows: ArrayLike<unknown>): Column {
  const first = rows[0];
  const width = isArrayLike(first) ? first.length : 0;
  const cells: unknown[] = [];
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isArrayLike(row) || row.length !== width) {
      throw new DataError(call, `${name} is ragged`, { row: i, wanted: width }, "All rows must have the same length.");
    }
    for (let j = 0; j < width; j++) cells.push(row[j]);
  }
  return { cells, shape: [rows.length, width] };
}

function toLabel(call: string, cell: unknown, row: number): Label {
  if (typeof cell === "string" || typeof cell === "boolean") return cell;
  const value = typeof cell === "bigint" ? Number(cell) : cell;
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  if (typeof value === "number" && Number.isFinite(value)) {
    throw new DataError(
      call,
      "y holds a fraction, and classes are whole numbers, strings or booleans",
      { row, value },
      "For numbers to predict take a regressor.",
    );
  }
  throw new DataError(
    call,
    `y holds ${describeValue(cell)} where a label belongs`,
    { row },
    "Labels are whole numbers, strings or booleans; leave the row out.",
  );
}
