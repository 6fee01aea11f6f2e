import fc from "fast-check";
import { describe, test } from "vitest";
import { array, compare, noise, TestMachine } from "./harness.ts";

const machine = new TestMachine();
const shapes = fc.record({
  outer: fc.integer({ min: 0, max: 3 }),
  n: fc.integer({ min: 0, max: 6 }),
  inner: fc.integer({ min: 0, max: 37 }),
  indices: fc.array(fc.integer({ min: -2, max: 8 }), { maxLength: 12 }),
});

describe("gather", () => {
  test.each(["float32", "float64", "int32", "uint8", "bool"] as const)(
    "%s: any shape, indices also outside",
    (dtype) => {
      fc.assert(
        fc.property(shapes, ({ outer, n, inner, indices }) => {
          const value = noise(1);
          const x = array(dtype, [outer, n, inner], (i) => (dtype === "bool" ? i % 2 : 100 * value(i)));
          const places = array("int32", [indices.length], (i) => indices[i] ?? 0);
          compare(machine, { name: "gather", params: {} }, [x, places], [[dtype, [outer, indices.length, inner]]], 0);
        }),
      );
    },
  );
});

describe("scatterAdd", () => {
  test.each([
    ["float32", 1e-6],
    ["float64", 1e-14],
    ["int32", 0],
  ] as const)("%s: any shape, repeated indices, indices outside", (dtype, tolerance) => {
    fc.assert(
      fc.property(shapes, ({ outer, n, inner, indices }) => {
        const value = noise(2);
        const size = [outer, indices.length, inner];
        const updates = array(dtype, size, dtype === "int32" ? (i) => value(i) * 2 ** 31 : value);
        const places = array("int32", [indices.length], (i) => indices[i] ?? 0);
        const call = { name: "scatterAdd", params: { size: n } } as const;
        compare(machine, call, [updates, places], [[dtype, [outer, n, inner]]], tolerance);
      }),
    );
  });
});
