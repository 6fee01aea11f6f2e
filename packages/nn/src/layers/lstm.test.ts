import { add, mul, sum, type Tensor } from "@skein-ml/core";
import { describe, expect, test } from "vitest";
import golden from "../../../../golden/nn/lstm.json" with { type: "json" };
import text from "../../../../golden/nn/text-model.json" with { type: "json" };
import { Model } from "../models/model.ts";
import { Adam } from "../optimizers/adam.ts";
import {
  expectClose,
  expectNumber,
  floats,
  fromGolden,
  type Golden,
  machines,
  transposed,
  weightGradients,
} from "../testing/golden.ts";
import { constructing } from "../testing/wrong.ts";
import { CallContext } from "./call-context.ts";
import { Linear } from "./dense.ts";
import { Embedding } from "./embedding.ts";
import { LSTM, type LSTMState } from "./lstm.ts";

const parts = { weight_ih: "input", weight_hh: "recurrent", bias_ih: "inputBias", bias_hh: "recurrentBias" };

/** `weight_ih_l1_reverse` as `layers.1.reverse.input`. */
function lstmPath(name: string): string {
  const [, part, layer, reverse] = /^(\w+_\w+?)_l(\d)(_reverse)?$/.exec(name) ?? [];
  return `layers.${layer}${reverse ? ".reverse" : ""}.${parts[part as keyof typeof parts]}`;
}

/** Just an LSTM that begins with a state, on rows with lengths. */
class Bare extends Model {
  static override readonly className: string = "Bare";
  lstm: LSTM;
  initial: LSTMState | undefined;
  lengths: Tensor | undefined;

  constructor(bidirectional: boolean) {
    super();
    this.lstm = new LSTM(5, { layers: 2, bidirectional, returnSequences: true });
  }

  call(x: Tensor, context: CallContext): Tensor {
    return this.lstm.apply(x, context);
  }

  all(x: Tensor, context: CallContext): LSTMState & { outputs: Tensor } {
    if (this.lengths) context.setLengths(x, this.lengths);
    return this.lstm.run(x, context, this.initial);
  }
}

describe.each(floats)("LSTM, %s", (dtype) => {
  test.each(golden.cases)("$name", async ({ bidirectional, lengths, model: name, ...results }) => {
    const { parameters, h0, c0, cotangents } = golden.models[name as keyof typeof golden.models];
    const wanted = results[dtype];
    using net = new Bare(bidirectional);
    net.compile({ loss: "meanSquaredError", dtype });
    await net.build([5, 4]);
    const named = Object.entries(parameters).map(([key, value]) => [`lstm.${lstmPath(key)}`, fromGolden(value, dtype)]);
    await net.setWeights(Object.fromEntries(named));
    net.initial = { h: fromGolden(h0, dtype), c: fromGolden(c0, dtype) };
    net.lengths = lengths ? fromGolden({ shape: [3], dtype: "", data: lengths }, "int32") : undefined;
    const x = fromGolden(golden.x, dtype);

    const { outputs, h, c } = net.all(x, new CallContext({ training: false, dtype }));
    expectClose(outputs, wanted.output, dtype);
    expectClose(h, wanted.hN, dtype);
    expectClose(c, wanted.cN, dtype);

    const loss = (context: CallContext): Tensor => {
      const all = net.all(x, context);
      const part = (value: Tensor, by: Golden): Tensor => sum(mul(value, fromGolden(by, dtype)));
      return add(add(part(all.outputs, cotangents.output), part(all.h, cotangents.hN)), part(all.c, cotangents.cN));
    };
    const found = weightGradients(net, loss, dtype);
    expectNumber(found.loss, wanted.loss, dtype);
    const { x: _x, h0: _h0, c0: _c0, ...byWeights } = wanted.gradients;
    for (const [key, value] of Object.entries(byWeights)) {
      expectClose(found.gradients[`lstm.${lstmPath(key)}`] as Tensor, value as Golden, dtype);
    }
  });
});

class TextNet extends Model {
  static override readonly className: string = "TextNet";
  embed: Embedding;
  lstm: LSTM;
  out: Linear = new Linear(3);

  constructor(bidirectional: boolean, paddingIndex: number | null) {
    super();
    this.embed = new Embedding(20, 5, { paddingIndex });
    this.lstm = new LSTM(4, { layers: 2, dropout: 0, bidirectional });
  }

  call(tokens: Tensor, context: CallContext): Tensor {
    return this.out.apply(this.lstm.apply(this.embed.apply(tokens, context), context), context);
  }
}

function textWeights(parameters: Record<string, Golden>): Record<string, Golden> {
  const entries = Object.entries(parameters).map(([name, value]) => {
    if (name === "embedding.weight") return ["embed.embeddings", value] as const;
    if (name === "linear.weight") return ["out.kernel", transposed(value)] as const;
    if (name === "linear.bias") return ["out.bias", value] as const;
    return [`lstm.${lstmPath(name.slice("lstm.".length))}`, value] as const;
  });
  return Object.fromEntries(entries);
}

describe.each(floats)("embedding, LSTM, dense: %s", (dtype) => {
  describe.each(machines)("on %s", (_name, device) => {
    test.each(text.cases.filter(({ lengths }) => lengths))(
      "$name",
      async ({ bidirectional, parameters, ...results }) => {
        const wanted = results[dtype];
        using net = new TextNet(bidirectional, 0);
        net.compile({
          loss: "crossEntropy",
          dtype,
          device: device(),
          optimizer: new Adam({ learningRate: 1e-2, epsilon: 1e-8 }),
        });
        await net.build([6]);
        const values = Object.entries(textWeights(parameters)).map(([path, value]) => [path, fromGolden(value, dtype)]);
        await net.setWeights(Object.fromEntries(values));
        const tokens = { data: text.tokens.data, shape: text.tokens.shape };
        expectClose(await net.predict(tokens), wanted.logits, dtype);
        const before = await net.evaluate(tokens, text.labels);
        expectNumber(before.loss, wanted.loss, dtype);
        if (!wanted.adam) return;
        await net.fit(tokens, text.labels, { batchSize: 4, shuffle: false });
        expectNumber(net.history.loss[0], wanted.loss, dtype);
        const weights = await net.getWeights();
        for (const [path, value] of Object.entries(textWeights(wanted.adam.parameters))) {
          expectClose(weights[path] as Tensor, value, dtype);
        }
        expectNumber((await net.evaluate(tokens, text.labels)).loss, wanted.adam.loss, dtype);
      },
    );

    test("without lengths paddings are tokens", async () => {
      const given = text.cases.find(({ name }) => name === "no lengths");
      if (!given) throw new Error("the golden file has no case without lengths");
      using net = new TextNet(false, null);
      net.compile({ loss: "crossEntropy", dtype, device: device() });
      await net.build([6]);
      const values = Object.entries(textWeights(given.parameters)).map(([path, value]) => [
        path,
        fromGolden(value, dtype),
      ]);
      await net.setWeights(Object.fromEntries(values));
      expectClose(await net.predict({ data: text.tokens.data, shape: text.tokens.shape }), given[dtype].logits, dtype);
    });
  });
});

test("options are checked", () => {
  expect(() => new LSTM(0)).toThrow("option units must be an integer >= 1");
  expect(() => new LSTM(4, { dropout: 1 })).toThrow("option dropout must be a number >= 0 and < 1");
  expect(constructing(LSTM, 4, { numLayers: 2 })).toThrow("unknown option");
});
