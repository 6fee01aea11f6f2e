import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FloatElement } from "./element.ts";
import { array, compare, noise, TestMachine } from "./harness.ts";

const TOLERANCE: Readonly<Record<FloatElement, number>> = { float32: 5e-7, float64: 2e-15 };
const NAMES = ["softmax", "logSoftmax"] as const;
const machine = new TestMachine();

describe.each(["float32", "float64"] as const)("%s", (element) => {
  test.each([
    [1, 1],
    [3, 4],
    [5, 7],
    [2, 1003],
    [0, 3],
    [3, 0],
  ])("[%i, %i] against the reference", (rows, n) => {
    const value = noise(1);
    for (const name of NAMES) {
      const x = array(element, [rows, n], (i) => 20 * value(i));
      compare(machine, { name, params: {} }, [x], [[element, [rows, n]]], TOLERANCE[element]);
    }
  });

  test.each([
    [[1000, 999, -1000, 1000, 0]],
    [[-Infinity, 3, 4, -Infinity, -Infinity]],
    [[-Infinity, -Infinity, -Infinity, -Infinity, -Infinity]],
    [[Infinity, 1, 2, 3, 4]],
    [[1, 2, 3, 4, Infinity]],
    [[1, Number.NaN, 3, 4, 5]],
    [[1, 2, 3, 4, Number.NaN]],
    [[-1e38, -1e38, 1e38, 0, -0]],
  ])("%j", (row) => {
    for (const name of NAMES) {
      const x = array(element, [1, row.length], (i) => row[i] ?? 0);
      compare(machine, { name, params: {} }, [x], [[element, x.shape]], TOLERANCE[element]);
    }
  });

  test("a number added to a row changes nothing; rows sum to 1", () => {
    const rows = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(rows, fc.integer({ min: -500, max: 500 }), (row, shift) => {
        const output = [[element, [1, row.length]]] as const;
        const run = (amount: number) => {
          const x = array(element, [1, row.length], (i) => (row[i] ?? 0) + amount);
          return compare(machine, { name: "softmax", params: {} }, [x], output, TOLERANCE[element])[0] ?? [];
        };
        expect(Array.from(run(shift))).toEqual(Array.from(run(0)));
        expect(Math.abs(Array.from(run(0)).reduce((sum, p) => sum + p, -1))).toBeLessThan(10 * TOLERANCE[element]);
      }),
    );
  });
});
