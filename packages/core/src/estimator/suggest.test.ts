import { describe, expect, it } from "vitest";
import { didYouMean, editDistance, nearest } from "./suggest.ts";

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["kitten", "sitting", 3],
    ["maxIetr", "maxIter", 1],
    ["ca", "abc", 3],
  ])("%j to %j is %i", (a, b, wanted) => {
    expect(editDistance(a, b)).toBe(wanted);
    expect(editDistance(b, a)).toBe(wanted);
  });
});

describe("nearest", () => {
  const known = ["C", "tol", "maxIter", "fitIntercept", "classWeight"];
  it.each([
    ["maxItr", "maxIter"],
    ["max_iter", "maxIter"],
    ["fit_intercept", "fitIntercept"],
    ["class", "classWeight"],
    ["toll", "tol"],
    ["c", "C"],
    ["gamma", undefined],
    ["x".repeat(10_000), undefined],
  ])("to %s is %s", (name, wanted) => {
    expect(nearest(name, known)).toBe(wanted);
  });

  it("is what didYouMean says, or all there is", () => {
    expect(didYouMean("maxItr", known)).toBe("Did you mean maxIter?");
    expect(didYouMean("gamma", ["C", "tol"])).toBe("Known: C, tol.");
    expect(didYouMean("gamma", [])).toBe("There are none.");
  });
});
