import { describe, expect, test } from "vitest";
import { type DType, newArray, type TypedArray } from "../../dtype.ts";
import type { ReferenceView } from "../view.ts";
import { runReference } from "./table.ts";

/** A contiguous view of given or zero elements. */
function view(dtype: DType, shape: readonly number[], elements: readonly number[] = []): ReferenceView {
  const size = shape.reduce((product, n) => product * n, 1);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const data: TypedArray = newArray(dtype, size);
  data.set(elements);
  return { dtype, shape, strides, offset: 0, data };
}

const list = (x: ReferenceView) => Array.from(x.data);

describe("matmul", () => {
  test("a transposed, offset view times a row repeated by stride 0", () => {
    const a = { ...view("float64", [2, 3], [1, 2, 3, 4, 5, 6]), shape: [1, 2, 2], strides: [0, 1, 3], offset: 1 };
    const b = { ...view("float64", [2], [10, 1]), shape: [1, 2, 2], strides: [0, 0, 1] };
    const out = view("float64", [1, 2, 2]);
    runReference({ name: "matmul", params: {} }, [a, b], [out]);
    expect(list(out)).toEqual([70, 7, 90, 9]);
  });

  test("int32 wraps, exactly", () => {
    const a = view("int32", [1, 1, 2], [2147483647, 65537]);
    const out = view("int32", [1, 1, 1]);
    runReference({ name: "matmul", params: {} }, [a, { ...a, shape: [1, 2, 1], strides: [2, 1, 1] }], [out]);
    expect(list(out)).toEqual([Number(BigInt.asIntN(32, 2147483647n ** 2n + 65537n ** 2n))]);
  });

  test("an empty inner axis sums to 0", () => {
    const out = view("float32", [1, 2, 2], [7, 7, 7, 7]);
    runReference({ name: "matmul", params: {} }, [view("float32", [1, 2, 0]), view("float32", [1, 0, 2])], [out]);
    expect(list(out)).toEqual([0, 0, 0, 0]);
  });
});

describe("gather and scatterAdd", () => {
  const indices = view("int32", [4], [2, -1, 0, 2]);

  test("gather picks rows, zeros outside", () => {
    const out = view("uint8", [1, 4, 2], [9, 9, 9, 9]);
    runReference({ name: "gather", params: {} }, [view("uint8", [1, 3, 2], [1, 2, 3, 4, 5, 6]), indices], [out]);
    expect(list(out)).toEqual([5, 6, 0, 0, 1, 2, 5, 6]);
  });

  test("scatterAdd adds repeated indices, drops those outside", () => {
    const out = view("float32", [2, 3, 1]);
    const updates = view("float32", [2, 4, 1], [1, 2, 3, 4, 10, 20, 30, 40]);
    runReference({ name: "scatterAdd", params: { size: 3 } }, [updates, indices], [out]);
    expect(list(out)).toEqual([3, 0, 5, 30, 0, 50]);
  });
});

test("cumulative sums and products, both ways, integers wrapping", () => {
  const sum = view("float64", [2, 3]);
  const x = view("float64", [2, 3], [1, 2, 3, 4, 5, 6]);
  runReference({ name: "cumulative", params: { op: "sum", reverse: true } }, [x], [sum]);
  expect(list(sum)).toEqual([6, 5, 3, 15, 11, 6]);
  const prod = view("uint8", [1, 3]);
  runReference(
    { name: "cumulative", params: { op: "prod", reverse: false } },
    [view("uint8", [1, 3], [3, 100, 7])],
    [prod],
  );
  expect(list(prod)).toEqual([3, 300 % 256, 2100 % 256]);
});

test.each([
  [false, [-Infinity, 1, 1, 2, NaN, NaN], [5, 1, 4, 0, 2, 3]],
  [true, [2, 1, 1, -Infinity, NaN, NaN], [0, 1, 4, 5, 2, 3]],
])("sort, descending %s: stable, NaN last", (descending, values, places) => {
  const x = view("float32", [1, 6], [2, 1, NaN, NaN, 1, -Infinity]);
  const [sorted, indices] = [view("float32", [1, 6]), view("int32", [1, 6])];
  runReference({ name: "sort", params: { descending } }, [x], [sorted, indices]);
  expect(list(sorted)).toEqual(values);
  expect(list(indices)).toEqual(places);
});

describe("linear algebra", () => {
  test("cholesky reads the lower triangle; NaN throughout where not positive definite", () => {
    const out = view("float64", [2, 2, 2]);
    runReference({ name: "cholesky", params: {} }, [view("float64", [2, 2, 2], [4, 99, 2, 10, 1, 2, 2, 1])], [out]);
    expect(list(out)).toEqual([2, 0, 1, 3, NaN, NaN, NaN, NaN]);
  });

  test.each([
    [true, false],
    [true, true],
    [false, false],
    [false, true],
  ])("triangularSolve, lower %s, transpose %s", (lower, transpose) => {
    const a = [2, 3, 1, 4];
    const triangle = lower ? [2, 0, 1, 4] : [2, 3, 0, 4];
    const op = (i: number, j: number) => triangle[transpose ? j * 2 + i : i * 2 + j] ?? 0;
    const out = view("float64", [1, 2, 1]);
    runReference(
      { name: "triangularSolve", params: { lower, transpose } },
      [view("float64", [1, 2, 2], a), view("float64", [1, 2, 1], [4, 6])],
      [out],
    );
    const [x = 0, y = 0] = list(out);
    expect([op(0, 0) * x + op(0, 1) * y, op(1, 0) * x + op(1, 1) * y]).toEqual([4, 6]);
  });
});

test("softmax and logSoftmax stay finite where exp overflows; NaN and +inf give NaN", () => {
  const x = view("float64", [4, 2], [1000, 1000, -Infinity, 3, NaN, 0, Infinity, 0]);
  const [soft, log] = [view("float64", [4, 2]), view("float64", [4, 2])];
  runReference({ name: "softmax", params: {} }, [x], [soft]);
  runReference({ name: "logSoftmax", params: {} }, [x], [log]);
  expect(list(soft)).toEqual([0.5, 0.5, 0, 1, NaN, NaN, NaN, NaN]);
  expect(list(log).slice(0, 4)).toEqual([-Math.log(2), -Math.log(2), -Infinity, 0]);
  expect(list(log).slice(4).every(Number.isNaN)).toBe(true);
});
