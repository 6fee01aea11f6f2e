import { describe, expect, it } from "vitest";
import { DataError } from "../errors.ts";
import { tensor } from "../tensor/creation.ts";
import { csrFromDense, csrToDense } from "./matrix.ts";
import { countRows, takeRows } from "./rows.ts";

const rows = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const vector = {
  length: 3,
  nullCount: 1,
  get: (i: number) => [7, null, 9][i],
  toArray: () => Float64Array.of(7, 0, 9),
};
const arrow = { schema: { fields: [{ name: "a" }] }, numRows: 3, getChild: () => vector };

describe("takeRows and countRows", () => {
  it("keep the form", async () => {
    expect(await takeRows(rows, [2, 0, 2])).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    expect(await takeRows(["a", "b", "c"], new Int32Array([1]))).toEqual(["b"]);
    expect(await takeRows(Int32Array.of(1, 2, 3), [1, 1])).toEqual(Int32Array.of(2, 2));
    expect(await takeRows({ data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] }, [1])).toEqual({
      data: new Float32Array([3, 4]),
      shape: [1, 2],
    });
    expect(await takeRows({ a: [1, 2, 3], b: ["x", "y", "z"] }, [2, 1])).toEqual({ a: [3, 2], b: ["z", "y"] });
    expect(await takeRows(arrow, [1, 2])).toEqual({ a: [null, 9] });
    expect(await takeRows(vector, [2])).toEqual([9]);
    const x = await takeRows(
      tensor(
        [
          [[1], [2]],
          [[3], [4]],
        ],
        { dtype: "int32" },
      ),
      [1],
    );
    expect([x.dtype, x.shape, x.toArray()]).toEqual(["int32", [1, 2, 1], [[[3], [4]]]]);
    const sparse = await takeRows(
      csrFromDense([
        [0, 2],
        [3, 0],
        [0, 0],
      ]),
      [1, 2, 0],
    );
    expect(Array.from(csrToDense(sparse).data)).toEqual([3, 0, 0, 0, 0, 2]);
  });

  it.each([
    [[1, 2, 3], [5], "the number 5 is no row of the data (place 0, rows 3)"],
    [[1, 2, 3], [0, -1], "the number -1 is no row"],
    [[1, 2, 3], [0.5], "the number 0.5 is no row"],
    [csrFromDense(rows), [3], "the number 3 is no row"],
    [tensor(rows), [3], "the number 3 is no row"],
    [{ a: [1, 2] }, [2], "the number 2 is no row"],
    [tensor(0), [0], "a scalar came"],
    [[1, 2, 3], null, "row numbers are wanted"],
  ])("refuse rows of %j that are none: %j", async (data, chosen, message) => {
    await expect(takeRows(data, chosen as number[])).rejects.toThrow(DataError);
    await expect(takeRows(data, chosen as number[])).rejects.toThrow(message);
  });

  it("count", () => {
    const forms = [rows, ["a", "b", "c"], tensor(rows), csrFromDense(rows), { a: [1, 2, 3] }, arrow, vector];
    for (const data of forms) expect(countRows("test", data)).toBe(3);
    expect(() => countRows("test", 7)).toThrow(DataError);
  });
});
