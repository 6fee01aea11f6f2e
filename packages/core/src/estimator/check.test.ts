import { describe, expect, it } from "vitest";
import { ModelFileError, OptionError } from "../errors.ts";
import { tensor } from "../tensor/creation.ts";
import { ToyMean, ToySoftmax } from "../testing/toy-estimators.ts";
import * as check from "./check.ts";
import { copyValue, resolveOptions } from "./options.ts";
import { checkState } from "./state.ts";

const checkers: readonly (readonly [check.Checker<unknown>, string, readonly unknown[], readonly unknown[]])[] = [
  [check.number({ min: 0, exclusiveMin: true }), "a number > 0", [1e-300, Infinity], [0, -1, NaN, "1", null]],
  [check.number({ min: 0, max: 1 }), "a number >= 0 and <= 1", [0, 1, 0.5], [-0.1, 1.1]],
  [check.number({ max: 1, exclusiveMax: true }), "a number < 1", [-Infinity, 0.99], [1]],
  [check.integer({ min: 1 }), "an integer >= 1", [1, 2 ** 53 - 1], [0, 1.5, Infinity, 2 ** 53, "1"]],
  [check.seed(), "an integer >= 0 and <= 4294967295, or null", [0, 2 ** 32 - 1, null], [-1, 2 ** 32, 0.5]],
  [check.boolean(), "true or false", [true, false], [0, "true", null]],
  [check.string(), "a string", ["", "x"], [1, null]],
  [check.label(), "an integer, or a string, or true or false", [0, "x", true], [0.5, null, {}]],
  [check.oneOf(["a", "b"]), 'one of "a", "b"', ["a", "b"], ["c", 1, ["a"]]],
  [check.oneOf(["l2"]), '"l2"', ["l2"], ["l1"]],
  [check.nullable(check.integer()), "an integer, or null", [null, 1], [undefined, 0.5]],
  [check.optional(check.integer()), "an integer, or undefined", [undefined, 1], [null, 0.5]],
  [check.either(check.integer(), check.oneOf(["sqrt"])), 'an integer, or "sqrt"', [3, "sqrt"], [0.5, "log"]],
  [check.list(check.integer(), { min: 1 }), "an array of at least 1 of an integer", [[1], [1, 2]], [[], [0.5], 1, "1"]],
  [check.tuple(check.string(), check.integer()), "[a string, an integer]", [["a", 1]], [["a"], [1, "a"], ["a", 1, 2]]],
  [
    check.record(check.number()),
    "an object whose every value is a number",
    [{}, { a: 1 }],
    [{ a: "1" }, [], null, new Date()],
  ],
  [check.object({ a: check.integer() }), "an object { a: an integer }", [{ a: 1 }], [{}, { a: 1, b: 1 }, { a: "1" }]],
  [check.estimator(), "an estimator", [new ToyMean()], [ToyMean, {}, null]],
  [check.estimator({ needs: ["predictProba"] }), "an estimator with predictProba", [new ToySoftmax()], [new ToyMean()]],
  [check.instance(Date), "a Date", [new Date()], [0, {}]],
  [
    check.array("int32", 2),
    "2 elements in a typed array of int32",
    [new Int32Array(2)],
    [new Int32Array(3), new Float32Array(2), [1, 2]],
  ],
  [
    check.tensor([2], { finite: true }),
    "a finite tensor [2] of float64",
    [tensor([1, 2], { dtype: "float64" })],
    [tensor([1, 2]), tensor([1, NaN], { dtype: "float64" }), [1, 2]],
  ],
  [check.tensor("any", { dtype: ["int32", "bool"] }), "a tensor [...] of int32 or bool", [tensor(true)], [tensor(1)]],
];

describe("checkers", () => {
  it.each(checkers.map((entry) => [entry[1], ...entry] as const))("%s", (_, checker, wanted, good, bad) => {
    expect(checker.wanted).toBe(wanted);
    for (const value of good) expect(checker.accepts(value, new Map()), String(value)).toBe(true);
    for (const value of bad) expect(checker.accepts(value, new Map()), String(value)).toBe(false);
    for (const value of checker.accepted ?? []) expect(checker.accepts(value, new Map()), String(value)).toBe(true);
    for (const value of checker.refused) expect(checker.accepts(value, new Map()), String(value)).toBe(false);
    expect(checker.refused.length).toBeGreaterThan(0);
  });
});

describe("resolveOptions", () => {
  const schema = {
    C: check.number({ min: 0, default: 1 }),
    names: check.list(check.string(), { default: ["a"] }),
    steps: check.integer(),
  };

  it("fills defaults in, copies and freezes", () => {
    const names = ["x"];
    const options = resolveOptions("Model", schema, { steps: 2, names });
    names.push("y");
    expect(options).toEqual({ C: 1, names: ["x"], steps: 2 });
    expect(Object.isFrozen(options) && Object.isFrozen(options.names)).toBe(true);
    expect(resolveOptions("Model", schema, { steps: 2, C: undefined, names: undefined })).toEqual({
      C: 1,
      names: ["a"],
      steps: 2,
    });
  });

  it.each([
    [{ steps: 2, C: -1 }, 'Model: option C must be a number >= 0 (option "C", given -1).'],
    [{ steps: 2, C: "1" }, 'Model: option C must be a number >= 0 (option "C", given "1").'],
    [{ steps: 2, C: [1] }, 'Model: option C must be a number >= 0 (option "C", given "the array [1]").'],
    [{}, 'Model: option steps is required (option "steps"). Pass an integer.'],
    [{ steps: 2, c: 1 }, 'Model: unknown option "c" (option "c", known ["C", "names", "steps"]). Did you mean C?'],
    [7, "Model: options must be a plain object, but the number 7 came. Pass { name: value } or nothing."],
  ])("%j is refused", (given, message) => {
    expect(() => resolveOptions("Model", schema, given)).toThrow(
      new OptionError("x", "y").constructor as typeof OptionError,
    );
    expect(() => resolveOptions("Model", schema, given)).toThrow(message);
  });

  it("copies everything but estimators and tensors", () => {
    const [model, x] = [new ToyMean(), tensor([1])];
    const copy = copyValue({ steps: [["a", model]], x }) as { steps: [string, unknown][]; x: unknown };
    expect([copy.steps[0]?.[1], copy.x]).toEqual([model, x]);
    expect(copy.steps[0]?.[1]).toBe(model);
  });
});

describe("checkState", () => {
  const schema = { p: check.size("p"), coef: check.tensor(["r", "p"]), intercept: check.tensor(["r"]) };
  const float = (shape: number[]) => tensor(new Float64Array(shape.reduce((size, n) => size * n, 1)), { shape });

  it("binds the letters over all of the state", () => {
    expect(() => checkState("M", schema, { p: 2, coef: float([3, 2]), intercept: float([3]) })).not.toThrow();
  });

  it.each([
    [
      { p: 2, coef: float([3, 3]), intercept: float([3]) },
      "M: coef must be a tensor [r, p] of float64, but a Tensor of shape [3,3] came",
    ],
    [{ p: 2, coef: float([3, 2]), intercept: float([1]) }, "M: intercept must be a tensor [r] of float64"],
    [{ p: 0, coef: float([3, 0]), intercept: float([3]) }, "M: p must be an integer >= 1"],
    [{ p: 2, coef: float([3, 2]) }, "M: intercept is missing"],
    [{ p: 2, coef: float([3, 2]), intercept: float([3]), more: 1 }, 'M: the state has an unknown value "more"'],
    [null, "M: the state is null"],
  ])("refuses %j", (state, message) => {
    expect(() => checkState("M", schema, state)).toThrow(ModelFileError);
    expect(() => checkState("M", schema, state)).toThrow(message);
  });
});
