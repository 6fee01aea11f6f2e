import { describe, test } from "vitest";
import { array, compare, noise, TestMachine } from "./harness.ts";

const machine = new TestMachine();

describe.each(["float32", "float64", "int32", "uint8"] as const)("cumulative %s", (dtype) => {
  test.each([
    ["sum", false],
    ["sum", true],
    ["prod", false],
    ["prod", true],
  ] as const)("%s, reverse %s", (op, reverse) => {
    const value = noise(1);
    const scale = { float32: 2, float64: 2, int32: 2 ** 31, uint8: 255 }[dtype];
    for (const shape of [
      [3, 17],
      [1, 1],
      [0, 4],
      [4, 0],
    ]) {
      const x = array(dtype, shape, (i) => scale * value(i));
      compare(machine, { name: "cumulative", params: { op, reverse } }, [x], [[dtype, shape]], 0);
    }
  });

  test("NaN and infinities stay from where they stand", () => {
    const x = array(dtype, [1, 6], (i) => [1, Infinity, 2, -Infinity, Number.NaN, 3][i] ?? 0);
    for (const op of ["sum", "prod"] as const) {
      compare(machine, { name: "cumulative", params: { op, reverse: false } }, [x], [[dtype, [1, 6]]], 0);
    }
  });
});
