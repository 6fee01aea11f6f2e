import { max, mul, sum, type Tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import golden from "../../../../golden/nn/embedding.json" with { type: "json" };
import { Sequential } from "../models/sequential.ts";
import { expectClose, floats, fromGolden, weightGradients } from "../testing/golden.ts";
import { CallContext } from "./call-context.ts";
import { Embedding } from "./embedding.ts";

describe.each(floats)("%s", (dtype) => {
  test.each(golden.cases)("$name: rows and gradient equal PyTorch's", async ({ paddingIndex, ...results }) => {
    const wanted = results[dtype];
    using model = new Sequential([new Embedding(7, 3, { paddingIndex })]);
    model.compile({ loss: "meanSquaredError", dtype });
    await model.build([5]);
    await model.setWeights({ "layers.0.embeddings": fromGolden(golden.table, dtype) });
    const tokens = fromGolden(golden.indices, dtype);
    expectClose(model.apply(tokens, new CallContext({ training: false, dtype })), wanted.output, dtype);
    const { gradients } = weightGradients(
      model,
      (context) => sum(mul(model.apply(tokens, context), fromGolden(golden.cotangent, dtype))),
      dtype,
    );
    expectClose(gradients["layers.0.embeddings"] as Tensor, wanted.gradient, dtype);
  });
});

test("lengths end at the last token that is no padding", async () => {
  const layer = new Embedding(9, 2, { paddingIndex: 0 });
  using model = new Sequential([layer]);
  const context = new CallContext({ training: false, dtype: "float32" });
  const rows = [
    [3, 0, 4, 0],
    [0, 0, 0, 0],
    [1, 2, 3, 4],
  ];
  await model.build([4]);
  const y = layer.apply(fromGolden({ shape: [3, 4], dtype: "", data: rows.flat() }, "int32"), context);
  expect(context.lengthsOf(y)?.toArray()).toEqual([3, 0, 4]);
  expect(max(y).item()).toBeLessThan(0.05);
});

test("the padding row begins at zero", async () => {
  using model = new Sequential([new Embedding(5, 3, { paddingIndex: 2 })]);
  await model.build([4]);
  const weights = await model.getWeights();
  const rows = weights["layers.0.embeddings"]?.toArray() as number[][];
  expect(rows[2]).toEqual([0, 0, 0]);
  expect(rows[1]?.every((value) => value !== 0 && Math.abs(value) <= 0.05)).toBe(true);
});

test("options are checked", () => {
  expect(() => new Embedding(5, 3, { paddingIndex: 5 })).toThrow("paddingIndex is no row of the table");
  expect(() => new Embedding(0, 3)).toThrow("option inputDim must be an integer >= 1");
});
