import { describe, expect, it } from "vitest";
import { DataError, NotFittedError, OptionError } from "../errors.ts";
import { tensor } from "../tensor/creation.ts";
import { ToySoftmax } from "../testing/toy-estimators.ts";

const X = [
  [0, 0],
  [0, 1],
  [1, 0],
  [5, 5],
  [5, 6],
  [6, 5],
];
const y = ["low", "low", "low", "high", "high", "high"];

describe("Classifier", () => {
  it("gives labels as they came, classes sorted", async () => {
    const model = await new ToySoftmax().fit(X, y);
    expect(model.classes).toEqual(["high", "low"]);
    expect(
      await model.predict([
        [0, 0.5],
        [6, 6],
      ]),
    ).toEqual(["low", "high"]);
    expect(await model.score(X, y)).toBe(1);
    expect((await model.predictProba(X)).shape).toEqual([6, 2]);
  });

  it("weighs rows in score", async () => {
    const model = await new ToySoftmax().fit(X, y);
    const wrong = ["high", ...y.slice(1)];
    expect(await model.score(X, wrong, { sampleWeight: [3, 1, 1, 1, 1, 1] })).toBeCloseTo(5 / 8, 12);
  });

  it("says what is wrong before any work, and stays as it was", async () => {
    const model = new ToySoftmax();
    await expect(model.predict(X)).rejects.toThrow(NotFittedError);
    await model.fit(X, y);
    const before = model.coef;
    await expect(model.fit(X, ["a", "a", "a", "a", "a", "a"])).rejects.toThrow(
      'ToySoftmax.fit: y has one class only (class "a", rows 6). A classifier needs rows of at least two classes.',
    );
    await expect(model.fit([[1, 2], [3]], [0, 1])).rejects.toThrow(/row 1 has 1 numbers, row 0 has 2/);
    await expect(
      model.fit(
        [
          [1, 2],
          [3, Number.NaN],
        ],
        [0, 1],
      ),
    ).rejects.toThrow(/X holds NaN \(row 1, column 1\)/);
    await expect(model.fit(X, ["a", 1, "b", "a", "a", "a"])).rejects.toThrow(/y mixes string and number labels/);
    await expect(model.predict([[1, 2, 3]])).rejects.toThrow(/X has 3 columns, but the model was fitted on 2/);
    await expect(model.predict(tensor([1, 2]))).rejects.toThrow(DataError);
    expect(model.coef.data).toEqual(before.data);
  });

  it("checks options", () => {
    expect(() => new ToySoftmax({ maxIter: 0 })).toThrow(
      new OptionError("ToySoftmax", "option maxIter must be an integer >= 1", { option: "maxIter", given: 0 }),
    );
    expect(() => new ToySoftmax({ ["maxItr" as "maxIter"]: 10 })).toThrow(/Did you mean maxIter\?/);
  });
});
