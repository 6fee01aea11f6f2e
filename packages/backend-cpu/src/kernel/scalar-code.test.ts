import { type DType, isFloat, type Kernel, newArray, SCALAR_OPS, type ScalarOp, type TypedArray } from "@skein-ml/core";
import { describe, expect, it } from "vitest";
import { runBoth, testMachine } from "./compare-kernels.ts";
import { hasCode } from "./scalar-code.ts";

const machine = testMachine();
const SIZES = [0, 1, 3, 4, 5, 17, 1000];
const KINDS: Readonly<Record<string, readonly DType[]>> = {
  float: ["float32", "float64"],
  number: ["float32", "float64", "int32", "uint8"],
  integer: ["int32", "uint8"],
  bits: ["int32", "uint8", "bool"],
  any: ["float32", "float64", "int32", "uint8", "bool"],
};

/** Values where operations have edges, by dtype; the tests take all pairs of them. */
const EDGES: Readonly<Record<DType, readonly number[]>> = {
  float32: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3,
    7,
    0.1,
    -1e-30,
    1e-42,
    3.4e38,
    -3e38,
    8388609,
    Infinity,
    -Infinity,
    NaN,
  ],
  float64: [
    0,
    -0,
    1,
    -1,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3,
    7,
    0.1,
    -1e-300,
    5e-324,
    1.7e308,
    2 ** 52 + 1,
    Infinity,
    -Infinity,
    NaN,
  ],
  int32: [
    0, 1, -1, 2, 3, -3, 7, -7, 31, 32, 33, 255, 256, 46341, -46341, 2147483647, -2147483648, -2147483647, 123456789,
  ],
  uint8: [0, 1, 2, 3, 7, 8, 31, 127, 128, 200, 254, 255],
  bool: [0, 1],
};

/** Vector code within this many units of the reference; all other operations are exact. */
const LOOSE: Partial<Record<ScalarOp, number>> = {
  exp: 2,
  log: 2,
  log1p: 2,
  expm1: 3,
  tanh: 3,
  sigmoid: 3,
  erf: 3,
  pow: 1,
};

function array(dtype: DType, values: readonly number[]): TypedArray {
  const result = newArray(dtype, values.length);
  result.set(values);
  return result;
}

function operation(op: ScalarOp, dtype: DType, size: number, strides: readonly [number, number] = [1, 1]): Kernel {
  const { arity, gives } = SCALAR_OPS[op];
  const loads = strides.slice(0, arity).map((stride) => ({ dtype, strides: [stride] }));
  return {
    shape: [size],
    loads,
    nodes: [
      ...loads.map((_, load) => ({ op: "load" as const, dtype, load })),
      { op, dtype: gives === "bool" ? "bool" : dtype, args: loads.map((_, i) => i) },
    ],
    stores: [{ node: loads.length, strides: [1] }],
  };
}

function expectClose(got: TypedArray, want: TypedArray, ulps: number): void {
  if (ulps === 0) return expect(got).toEqual(want);
  const unit = want instanceof Float32Array ? 2 ** -23 : 2 ** -52;
  const least = want instanceof Float32Array ? 2 ** -149 : 2 ** -1074;
  got.forEach((value, i) => {
    const wanted = want[i] ?? NaN;
    if (Object.is(value, wanted)) return;
    const slack = Math.max(ulps * unit * Math.abs(wanted), least);
    expect(Math.abs(value - wanted), `${value} for ${wanted} at ${i}`).toBeLessThanOrEqual(slack);
  });
}

const CASES = (Object.keys(SCALAR_OPS) as ScalarOp[]).flatMap((op) =>
  (KINDS[SCALAR_OPS[op].takes] ?? []).map((dtype) => ({ op, dtype, ulps: isFloat(dtype) ? (LOOSE[op] ?? 0) : 0 })),
);

describe.each(CASES)("$op of $dtype", ({ op, dtype, ulps }) => {
  const edges = EDGES[dtype];
  const left = edges.flatMap((a) => edges.map(() => a));
  const right = edges.flatMap(() => edges);

  it("has code", () => expect(hasCode(op, dtype)).toBe(true));

  it("agrees with the reference on all pairs of special values", async () => {
    const loads = [left, right].slice(0, SCALAR_OPS[op].arity).map((data) => ({ data: array(dtype, data), offset: 0 }));
    const kernel = operation(op, dtype, left.length);
    const { got, want } = await runBoth(machine, { kernel, loads, stores: [{ size: left.length, offset: 0 }] });
    expectClose(got.at(-1) as TypedArray, want.at(-1) as TypedArray, ulps);
  });

  it.each([
    ["contiguous", [1, 1], 0],
    ["strided and offset", [3, 2], 5],
    ["broadcast", [0, 1], 0],
    ["broadcast on the right", [1, 0], 3],
    ["reversed", [-1, -2], 0],
  ] as const)("agrees on every length, %s", async (_, strides, shift) => {
    for (const size of SIZES) {
      const loads = strides.slice(0, SCALAR_OPS[op].arity).map((stride, which) => {
        const span = (size - 1) * Math.abs(stride) + 1 + shift + 3;
        const data = array(
          dtype,
          Array.from({ length: span }, (_, i) => edges[(i * (which + 3) + which) % edges.length] ?? 0),
        );
        return { data, offset: stride < 0 ? Math.max(0, (size - 1) * -stride) + shift : shift };
      });
      const kernel = operation(op, dtype, size, strides);
      const { got, want } = await runBoth(machine, { kernel, loads, stores: [{ size: size + 5, offset: 2 }] });
      expectClose(got.at(-1) as TypedArray, want.at(-1) as TypedArray, ulps);
    }
  });
});
