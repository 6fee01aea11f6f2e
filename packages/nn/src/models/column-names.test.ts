/** Columns that come with names must be those that were learned from. */
import { DataError, loadModel } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import { Dense } from "../layers/dense.ts";
import { Sequential } from "./sequential.ts";

const X = { a: [0, 1, 2, 3], b: [1, 0, 3, 2] };
const y = [0, 1, 2, 3];
const swapped = { b: [5], a: [0] };
const order = "the columns of X are in another order than at fit";

const net = (): Sequential => new Sequential([new Dense(1)]).compile({ loss: "meanSquaredError", seed: 1 });

describe("names of columns", () => {
  test("are kept, and compared by predict, evaluate and the next fit", async () => {
    using model = await net().fit(X, y);
    expect(model.featureNamesIn).toEqual(["a", "b"]);
    await expect(model.predict(swapped)).rejects.toThrow(DataError);
    await expect(model.predict(swapped)).rejects.toThrow(order);
    await expect(model.evaluate(swapped, [1])).rejects.toThrow(order);
    await expect(model.fit(swapped, [1])).rejects.toThrow(order);
    await expect(model.predict({ a: [0], c: [5] })).rejects.toThrow("are not those the model was fitted on");
    expect(await model.predict({ a: [0], b: [5] })).toEqual(await model.predict([[0, 5]]));
    expect(model.epochs).toBe(1);
  });

  test("of validation data", async () => {
    using model = net();
    await expect(model.fit(X, y, { validation: { X: swapped, y: [1] } })).rejects.toThrow(order);
    expect(model.featureNamesIn).toBeUndefined();
    await model.fit(X, y, { validation: 0.25 });
    expect(model.featureNamesIn).toEqual(["a", "b"]);
  });

  test("stand in files", async () => {
    using model = await net().fit(X, y);
    using loaded = await loadModel(await model.save(), { classes: [Sequential] });
    expect(loaded.featureNamesIn).toEqual(["a", "b"]);
    await expect(loaded.predict(swapped)).rejects.toThrow(order);
  });

  test("go when a fit fails or the net is disposed; rows without names have none", async () => {
    using model = await net().fit([[0, 1]], [0]);
    expect(model.featureNamesIn).toBeUndefined();
    await expect(model.fit(X, y, { signal: AbortSignal.abort("stop") })).rejects.toBe("stop");
    expect(model.featureNamesIn).toBeUndefined();
    await model.fit(X, y);
    model.dispose();
    expect(model.featureNamesIn).toBeUndefined();
  });
});
