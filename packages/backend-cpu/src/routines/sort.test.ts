import fc from "fast-check";
import { describe, test } from "vitest";
import { array, compare, TestMachine } from "./harness.ts";

const machine = new TestMachine();
const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5];

describe.each(["float32", "float64", "int32", "uint8", "bool"] as const)("sort %s", (dtype) => {
  test.each([false, true])("any rows, descending %s: stable, NaN last, with places", (descending) => {
    const values = fc.array(fc.oneof(fc.constantFrom(...SPECIAL), fc.integer({ min: -5, max: 300 })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 3 }), (list, rows) => {
        const n = Math.floor(list.length / rows);
        const x = array(dtype, [rows, n], (i) => (dtype === "bool" ? Number((list[i] ?? 0) > 1) : (list[i] ?? 0)));
        const outputs = [
          [dtype, x.shape],
          ["int32", x.shape],
        ] as const;
        compare(machine, { name: "sort", params: { descending } }, [x], outputs, 0);
      }),
    );
  });

  test("no rows, and no columns", () => {
    for (const shape of [
      [0, 3],
      [3, 0],
    ]) {
      const outputs = [
        [dtype, shape],
        ["int32", shape],
      ] as const;
      compare(machine, { name: "sort", params: { descending: false } }, [array(dtype, shape)], outputs, 0);
    }
  });
});
