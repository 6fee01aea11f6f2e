import { describe, expect, it } from "vitest";
import type { Device } from "../backend/device.ts";
import { ModelFileError, OptionError } from "../errors.ts";
import * as check from "../estimator/check.ts";
import type { OptionSchema } from "../estimator/options.ts";
import { Regressor } from "../estimator/regressor.ts";
import { hostDevice, tensor } from "../tensor/creation.ts";
import { Tensor } from "../tensor/tensor.ts";
import { ToyCenter, ToyMean, ToySoftmax } from "../testing/toy-estimators.ts";
import { loadModel } from "./load.ts";
import { readSafetensors } from "./safetensors.ts";
import { saveModel } from "./save.ts";
import type { Description, Saveable } from "./saveable.ts";

const X = [
  [0, 0],
  [0, 1],
  [1, 0],
  [5, 5],
  [5, 6],
  [6, 5],
];
const y = ["low", "low", "low", "high", "high", "high"];

/** Something that is no estimator: holds any values, as a net with its optimizer would. */
class Box implements Saveable {
  static readonly className: string = "Box";
  readonly options: Description["options"];
  readonly state: Description["state"];

  constructor(options: Description["options"], state?: Description["state"]) {
    this.options = options;
    this.state = state;
  }

  describe(): Description {
    return { options: this.options, state: this.state };
  }

  static restore({ options, state }: Description): Box {
    return new Box(options, state);
  }
}

class OnMachine extends Regressor<{ readonly device?: Device | null }, object> {
  static readonly className: string = "OnMachine";
  static readonly options: OptionSchema<{ device?: Device | null }> = { device: check.device() };
  protected learn(): object {
    return {};
  }
  protected estimate(): Float64Array {
    return new Float64Array();
  }
}

describe("saveModel and loadModel", () => {
  it("bring a fitted estimator back", async () => {
    const model = await new ToySoftmax({ maxIter: 20, randomState: 3 }).fit(
      { a: [0, 0, 1, 5, 5, 6], b: [0, 1, 0, 5, 6, 5] },
      y,
    );
    const bytes = await model.save();
    const again = await loadModel(bytes, { classes: [ToySoftmax] });
    expect(again).toBeInstanceOf(ToySoftmax);
    expect(again.getParams()).toEqual(model.getParams());
    expect(again.featureNamesIn).toEqual(["a", "b"]);
    expect((await again.predictProba(X)).data).toEqual((await model.predictProba(X)).data);
    expect(await saveModel(again)).toEqual(bytes);
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual(["coef", "intercept"]);
  });

  it("bring the class back that is asked for, and no other", async () => {
    const bytes = await new ToyCenter({ withMean: false }).save();
    expect((await ToyCenter.load(bytes)).getParams()).toEqual({ withMean: false });
    await expect(ToyMean.load(bytes)).rejects.toThrow(ModelFileError);
    await expect(ToyMean.load(bytes, { classes: [ToyCenter] })).rejects.toThrow(
      "ToyMean: the file holds an instance of ToyCenter",
    );
  });

  it("name tensors by the keys that lead to them, and steps by their names", async () => {
    const weight = tensor([1]);
    const steps = [
      ["scale", new Box({}, { mean: weight })],
      ["classify", new Box({}, { coef: weight })],
    ];
    const bytes = await saveModel(
      new Box({ first: weight }, { steps, "steps.scale": { mean: weight }, list: [weight] }),
    );
    expect([...readSafetensors(bytes).tensors.keys()]).toEqual([
      "list.0",
      "options.first",
      "steps.classify.coef",
      "steps.scale.mean",
      "steps.scale.mean~2",
    ]);
    expect((await loadModel(bytes, { classes: [Box] })).state?.steps).toEqual(steps);
  });

  it("leave options out that stay out of files", async () => {
    const bytes = await new OnMachine({ device: hostDevice() }).save();
    expect((await OnMachine.load(bytes)).getParams()).toEqual({ device: null });
  });

  it("bring an unfitted one back", async () => {
    const again = await loadModel(await new ToyCenter({ withMean: false }).save(), { classes: [ToyMean, ToyCenter] });
    expect(again.fitted).toBe(false);
    expect(again.getParams()).toEqual({ withMean: false });
  });

  it("bring back every kind of value", async () => {
    const options = {
      numbers: [0, -0, 1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.1],
      words: ["", "ü\u{1F600}\u0000", '"\\', "\ud800"],
      truth: [true, false, null, undefined],
      nested: { a: { b: [[], {}] }, constructor: 1, toString: "x", $: "model", 10: "ten" },
    };
    const state = {
      f64: new Float64Array([0.1, -0]),
      f32: new Float32Array([1.5]),
      i32: new Int32Array([-7]),
      u8: new Uint8Array(0),
      "a.b": tensor([1]),
      a: { b: tensor([[true, false]]) },
      inner: new Box({}, { deep: [new Box({ x: 1 })] }),
    };
    const again = await loadModel(await saveModel(new Box(options, state)), { classes: [Box] });
    expect(again.options).toEqual(options);
    expect(Object.is((again.options.numbers as number[])[1], -0)).toBe(true);
    const { a, "a.b": ab, ...rest } = again.state as typeof state;
    const { a: _a, "a.b": _ab, ...wanted } = state;
    expect(rest).toEqual(wanted);
    expect(ab.toArray()).toEqual([1]);
    expect(a.b).toBeInstanceOf(Tensor);
    expect([a.b.dtype, a.b.toArray()]).toEqual(["bool", [[true, false]]]);
  });

  it("refuse what a file can't hold, naming the place", async () => {
    await expect(saveModel(new Box({ a: [1, () => 2] }))).rejects.toThrow(/options\.a\.1 is a function/);
    await expect(saveModel(new Box({ a: new Date() }))).rejects.toThrow(/an instance of Date/);
    await expect(saveModel(new Box(JSON.parse('{"__proto__": 1}')))).rejects.toThrow(/__proto__/);
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    await expect(saveModel(new Box(loop))).rejects.toThrow(/holds itself/);
  });

  it("say which class is missing, and take only classes", async () => {
    const bytes = await new ToyMean().save();
    await expect(loadModel(bytes, { classes: [ToyCenter] })).rejects.toThrow(
      'class "ToyMean", given ["ToyCenter"]). Pass it: { classes: [ToyCenter, ToyMean] }.',
    );
    await expect(loadModel(bytes, { classes: [] })).rejects.toThrow(OptionError);
    // @ts-expect-error: no class that can be saved
    await expect(loadModel(bytes, { classes: [Date] })).rejects.toThrow(OptionError);
    // @ts-expect-error: a path
    await expect(loadModel("model.safetensors", { classes: [ToyMean] })).rejects.toThrow(/Read the file first/);
  });

  it("notice every changed byte and every length", async () => {
    const bytes = await (await new ToyMean().fit(X, [1, 2, 3, 4, 5, 6])).save();
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      await expect(loadModel(damaged, { classes: [ToyMean] })).rejects.toThrow(ModelFileError);
      await expect(loadModel(bytes.slice(0, at), { classes: [ToyMean] })).rejects.toThrow(ModelFileError);
    }
  });

  it("stop when told to", async () => {
    const bytes = await new ToyMean().save();
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(saveModel(new ToyMean(), { signal })).rejects.toThrow("enough");
    await expect(loadModel(bytes, { classes: [ToyMean], signal })).rejects.toThrow("enough");
  });
});

describe("options of save and load", () => {
  const fitted = () => new ToyCenter().fit(X);

  it("are checked", async () => {
    const model = await fitted();
    const bytes = await model.save();
    const attempts: [() => Promise<unknown>, string][] = [
      [() => Reflect.apply(loadModel, undefined, [bytes]), "classes must be a list of classes"],
      [() => Reflect.apply(loadModel, undefined, [bytes, { clases: [ToyCenter] }]), 'unknown option "clases"'],
      [() => Reflect.apply(loadModel, undefined, [bytes, 5]), "options must be a plain object"],
      [() => ToyCenter.load(bytes, { foo: 1 } as object), 'ToyCenter.load: unknown option "foo"'],
      [() => ToyCenter.load(bytes, { classes: 5 } as object), "classes must be a list of classes"],
      [() => ToyCenter.load(bytes, JSON.parse("null")), "options must be a plain object"],
      [() => model.save({ foo: 1 } as object), 'unknown option "foo"'],
      [() => model.save(JSON.parse("5")), "options must be a plain object"],
    ];
    for (const [attempt, message] of attempts) {
      await expect(attempt()).rejects.toThrow(OptionError);
      await expect(attempt()).rejects.toThrow(message);
    }
  });

  it("a file in a Node Buffer at any offset is read", async () => {
    const bytes = await (await fitted()).save();
    const whole = Buffer.concat([Buffer.from([0]), bytes]);
    const again = await ToyCenter.load(whole.subarray(1));
    whole.fill(255);
    expect(await again.save()).toEqual(bytes);
  });
});
