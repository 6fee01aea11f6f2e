import { LogisticRegression, StandardScaler } from "@skein-ml/classical";
import { Estimator, ModelFileError, type Tensor } from "@skein-ml/core";
import { type CallContext, Dense, Layer, Model, Sequential } from "@skein-ml/nn";
import { Pipeline } from "@skein-ml/workflow";
import { expect, test } from "vitest";
import * as skein from "./index.ts";
import { load, modelClasses } from "./load.ts";

const X = [[0], [1], [2], [3]];

test("a pipeline comes back without a list of classes", async () => {
  const pipeline = new Pipeline({
    steps: [
      ["scale", new StandardScaler()],
      ["classify", new LogisticRegression()],
    ],
  });
  await pipeline.fit(X, ["no", "no", "yes", "yes"]);
  const loaded = await load<typeof pipeline>(await pipeline.save());
  expect(loaded).toBeInstanceOf(Pipeline);
  expect((await loaded.predictProba(X)).toArray()).toEqual((await pipeline.predictProba(X)).toArray());
});

class Doubled extends Model {
  static override readonly className = "Doubled";
  readonly dense = new Dense(1);
  call(x: Tensor, context: CallContext): Tensor {
    return this.dense.apply(this.dense.apply(x, context), context);
  }
}

test("a net comes back; a class of one's own has to be named", async () => {
  for (const net of [new Sequential([new Dense(1)]), new Doubled()]) {
    net.compile({ loss: "meanSquaredError", seed: 1 });
    await net.fit(X, [0, 1, 2, 3]);
    const bytes = await net.save();
    const loaded = await load<Model>(bytes, { classes: [Doubled] });
    expect((await loaded.predict(X)).toArray()).toEqual((await net.predict(X)).toArray());
    if (net instanceof Doubled) await expect(load(bytes)).rejects.toThrow(ModelFileError);
  }
});

test("every class of Skein that can be saved is known", () => {
  const known: readonly unknown[] = modelClasses();
  const saveable = Object.entries(skein).filter(
    ([, value]) =>
      typeof value === "function" && (value.prototype instanceof Estimator || value.prototype instanceof Layer),
  );
  const missing = saveable.filter(([, value]) => !known.includes(value));
  // Bases have no name and can't be loaded.
  expect(missing.map(([name]) => name)).toEqual(["Model"]);
  expect(new Set(modelClasses().map(({ className }) => className)).size).toBe(known.length);
});
