/**
 * Making tensors from data and constants. Without a device they live on the host (the reference machine), and go along
 * to whatever machine they meet in an operation.
 */
import { Device } from "../backend/device.ts";
import { DTYPES, type DType, dtypeOf, newArray, type TypedArray } from "../dtype.ts";
import { DataError, DTypeError, ShapeError } from "../errors.ts";
import { referenceBackend } from "../reference/interpreter.ts";
import { checkShape, type Shape, sizeOf } from "./strides.ts";
import { type NestedArray, type Tensor, upload } from "./tensor.ts";

export interface TensorOptions {
  /** Default: that of a typed array, bool for booleans, else float32. */
  readonly dtype?: DType;
  /** Where the tensor lives. Default: the host. */
  readonly device?: Device;
}

let host: Device | undefined;

/** The host's own machine: made on first use, one per copy of this module. Its operations are exact and slow. */
export function hostDevice(): Device {
  host ??= new Device(referenceBackend());
  return host;
}

/**
 * A tensor of the given elements.
 *
 * @param data           nested arrays of numbers or booleans, a bare number, or a typed array
 * @param options.shape  for flat data; its sizes multiply to the number of elements
 * @throws ShapeError    if nested arrays are ragged or `shape` does not fit
 * @throws DataError     if an element is no number or boolean
 * @example tensor([[1, 2, 3], [4, 5, 6]]).shape // => [2, 3]
 */
export function tensor(
  data: NestedArray | TypedArray,
  options: TensorOptions & { readonly shape?: Shape } = {},
): Tensor {
  const flat = ArrayBuffer.isView(data) ? { shape: [data.length], values: data } : flatten(data);
  const shape = options.shape ?? flat.shape;
  checkShape("tensor", shape);
  if (sizeOf(shape) !== flat.values.length) {
    throw new ShapeError(
      "tensor",
      `${flat.values.length} elements do not fill the shape`,
      { shape },
      `The sizes must multiply to ${flat.values.length}.`,
    );
  }
  const dtype = options.dtype ?? naturalDType(data, flat.values);
  checkDType("tensor", dtype);
  return upload(options.device ?? hostDevice(), convert(flat.values, dtype), { shape, dtype });
}

/** A tensor filled with zeros, float32 unless said otherwise. */
export function zeros(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 0, options);
}

/** A tensor filled with ones, float32 unless said otherwise. */
export function ones(shape: Shape, options: TensorOptions = {}): Tensor {
  return full(shape, 1, options);
}

/**
 * A tensor filled with one value.
 * @example full([2], 7).toArray() // => [7, 7]
 */
export function full(shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  checkShape("full", shape);
  const dtype = options.dtype ?? "float32";
  checkDType("full", dtype);
  const data = newArray(dtype, sizeOf(shape)).fill(dtype === "bool" ? Number(value !== 0) : value);
  return upload(options.device ?? hostDevice(), data, { shape, dtype });
}

/**
 * The identity matrix `[n, n]`.
 * @example eye(2).toArray() // => [[1, 0], [0, 1]]
 */
export function eye(n: number, options: TensorOptions = {}): Tensor {
  checkShape("eye", [n]);
  const dtype = options.dtype ?? "float32";
  checkDType("eye", dtype);
  const data = newArray(dtype, n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return upload(options.device ?? hostDevice(), data, { shape: [n, n], dtype });
}

/** Throws DTypeError unless `dtype` is one of ours. */
export function checkDType(call: string, dtype: DType): void {
  if (!Object.hasOwn(DTYPES, dtype)) {
    throw new DTypeError(call, "the dtype is unknown", { dtype, known: Object.keys(DTYPES) });
  }
}

function naturalDType(data: NestedArray | TypedArray, values: TypedArray | readonly (number | boolean)[]): DType {
  if (ArrayBuffer.isView(data)) return dtypeOf(data);
  return values.length > 0 && typeof values[0] === "boolean" ? "bool" : "float32";
}

/** The values as `dtype`; the array itself if it is of it (writing to a machine copies). */
function convert(values: TypedArray | readonly (number | boolean)[], dtype: DType): TypedArray {
  if (ArrayBuffer.isView(values) && dtypeOf(values) === dtype) return values;
  const result = newArray(dtype, values.length);
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    result[i] = dtype === "bool" ? Number(value !== 0) : value;
  }
  return result;
}

function flatten(data: NestedArray): { shape: number[]; values: (number | boolean)[] } {
  const shape: number[] = [];
  for (let level: NestedArray | undefined = data; Array.isArray(level); level = level[0]) shape.push(level.length);
  const values: (number | boolean)[] = [];
  const walk = (part: NestedArray, axis: number, path: readonly number[]): void => {
    if (!Array.isArray(part)) {
      if (axis !== shape.length) throw ragged(path, shape, undefined);
      if (typeof part !== "number" && typeof part !== "boolean") {
        throw new DataError(
          "tensor",
          "an element is no number",
          { at: path, came: part as unknown },
          "Convert strings and dates to numbers first.",
        );
      }
      values.push(part);
      return;
    }
    if (part.length !== shape[axis]) throw ragged(path, shape, part.length);
    part.forEach((inner: NestedArray, i: number) => walk(inner, axis + 1, [...path, i]));
  };
  walk(data, 0, []);
  return { shape, values };
}

function ragged(path: readonly number[], shape: Shape, came: number | undefined): ShapeError {
  return new ShapeError(
    "tensor",
    "the nested arrays are ragged",
    { at: path, length: came ?? "a bare value", wanted: shape[path.length] ?? "a bare value" },
    "All rows must have the same length.",
  );
}
