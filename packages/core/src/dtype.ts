/**
 * The element types of tensors, the typed arrays that hold them and the rule for mixing them.
 */

/** Element type of a tensor. `bool` is stored as one byte, 0 or 1. */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/** The typed arrays that hold tensor elements on the host. */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

interface DTypeFacts {
  readonly bytes: number;
  readonly float: boolean;
  /** Place in the order of promotion: mixing two dtypes gives the higher one. */
  readonly order: number;
  /** The name in safetensors files. */
  readonly safetensors: string;
}

/** All dtypes in order of promotion, with their sizes. */
export const DTYPES: Readonly<Record<DType, DTypeFacts>> = {
  bool: { bytes: 1, float: false, order: 0, safetensors: "BOOL" },
  uint8: { bytes: 1, float: false, order: 1, safetensors: "U8" },
  int32: { bytes: 4, float: false, order: 2, safetensors: "I32" },
  float32: { bytes: 4, float: true, order: 3, safetensors: "F32" },
  float64: { bytes: 8, float: true, order: 4, safetensors: "F64" },
};

/** True for float32 and float64. */
export function isFloat(dtype: DType): boolean {
  return DTYPES[dtype].float;
}

/**
 * The dtype of mixing two: the higher of `bool < uint8 < int32 < float32 < float64`.
 *
 * @example promote("int32", "float32") // => "float32"
 */
export function promote(a: DType, b: DType): DType {
  return DTYPES[a].order >= DTYPES[b].order ? a : b;
}

/** A zero-filled typed array for `size` elements of `dtype`. */
export function newArray(dtype: DType, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(size);
    case "float64":
      return new Float64Array(size);
    case "int32":
      return new Int32Array(size);
    case "uint8":
    case "bool":
      return new Uint8Array(size);
  }
}

/** A view of `size` elements of `dtype` at a byte offset of `buffer`. */
export function viewArray(dtype: DType, buffer: ArrayBufferLike, byteOffset: number, size: number): TypedArray {
  switch (dtype) {
    case "float32":
      return new Float32Array(buffer, byteOffset, size);
    case "float64":
      return new Float64Array(buffer, byteOffset, size);
    case "int32":
      return new Int32Array(buffer, byteOffset, size);
    case "uint8":
    case "bool":
      return new Uint8Array(buffer, byteOffset, size);
  }
}

/** The dtype a typed array holds; `bool` can't be told from `uint8` and reads as `uint8`. */
export function dtypeOf(array: TypedArray): DType {
  if (array instanceof Float32Array) return "float32";
  if (array instanceof Float64Array) return "float64";
  if (array instanceof Int32Array) return "int32";
  return "uint8";
}
