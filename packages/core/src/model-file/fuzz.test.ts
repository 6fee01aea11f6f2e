/**
 * Thousands of damaged and of hostile files, the same ones on every run. Damage must give a ModelFileError. Hostile edits
 * whose checksum was made right again must give a ModelFileError, or an object that works; and nothing but what the
 * caller listed may come out.
 */
import { describe, expect, it } from "vitest";
import { DataError, ModelFileError } from "../errors.ts";
import { Estimator } from "../estimator/estimator.ts";
import { Tensor } from "../tensor/tensor.ts";
import { fileWith, hostileFiles, type Random, restamp, seededRandom } from "../testing/hostile-files.ts";
import { ToyCenter, ToyMean, ToySoftmax } from "../testing/toy-estimators.ts";
import { ToyDense, ToyNet } from "../testing/toy-net.ts";
import { loadModel } from "./load.ts";
import { MAX_DEPTH } from "./parse-json.ts";
import { type RawTensor, readLayout } from "./safetensors.ts";
import { saveModel } from "./save.ts";

const X = [
  [0, 0],
  [0, 1],
  [1, 0],
  [5, 5],
  [5, 6],
  [6, 5],
];
const TABLE = { a: X.map(([a]) => a ?? 0), b: X.map(([, b]) => b ?? 0) };
const CLASSES = [ToySoftmax, ToyMean, ToyCenter, ToyNet, ToyDense];
/** No single file may take longer; they take well under a millisecond. */
const SLOW_MS = 2000;

describe("damaged files", () => {
  const damages: Record<string, (bytes: Uint8Array, random: Random) => Uint8Array> = {
    "cut short": (bytes, random) => bytes.slice(0, random(bytes.length)),
    "a bit flipped": (bytes, random) => flipBit(bytes, random(bytes.length), random(8)),
    "a bit of the header flipped": (bytes, random) => flipBit(bytes, random(200), random(8)),
    "bytes put in": (bytes, random) => splice(bytes, random(bytes.length + 1), 0, noise(1 + random(20), random)),
    "bytes taken out": (bytes, random) => splice(bytes, random(bytes.length), 1 + random(20), []),
    "bytes overwritten": (bytes, random) => splice(bytes, random(bytes.length), 8, noise(8, random)),
    "another length of the header": (bytes, random) =>
      splice(
        bytes,
        0,
        8,
        noise(8, random).map((byte, i) => (i > random(8) ? 0 : byte)),
      ),
    "a part twice": (bytes, random) =>
      splice(bytes, random(bytes.length), 0, [...bytes.slice(0, random(bytes.length))]),
    "nothing but noise": (_, random) => Uint8Array.from(noise(random(500), random)),
    zeros: (bytes, random) => bytes.slice().fill(0, random(bytes.length)),
  };

  it.each(Object.keys(damages))("%s: always a ModelFileError", async (kind) => {
    const random = seededRandom(kind.length * 7919);
    for (const bytes of await sampleFiles()) {
      for (let i = 0; i < 120; i++) {
        const damaged = damages[kind]!(bytes, random);
        if (sameBytes(damaged, bytes)) continue;
        expect(await outcome(damaged), `${kind}, file ${i}`).toBeInstanceOf(ModelFileError);
      }
    }
  });
});

describe("hostile files with a right checksum", () => {
  it("edited descriptions and tensors give a ModelFileError or a model that works", async () => {
    const tally = { refused: 0, working: 0 };
    for (const bytes of await sampleFiles()) {
      for await (const file of hostileFiles(bytes, 40, seededRandom(1))) tally[await refusedOrWorking(file)]++;
    }
    expect(tally.refused).toBeGreaterThan(1000);
    expect(tally.working).toBeGreaterThan(50);
  });

  it("edited places of tensors give a ModelFileError or a model that works", async () => {
    const random = seededRandom(2);
    for (const bytes of await sampleFiles()) {
      for (let i = 0; i < 300; i++) await refusedOrWorking(await editHeader(bytes, random));
    }
  });

  it("flipped bits under a new checksum give a ModelFileError or a model that works", async () => {
    const random = seededRandom(3);
    for (const bytes of await sampleFiles()) {
      for (let i = 0; i < 500; i++)
        await refusedOrWorking(await restamp(flipBit(bytes, 8 + random(bytes.length - 8), random(8))));
    }
  });

  it.each([
    ["a class that was not given", { $: "model", class: "Object", options: {}, state: {} }],
    ["a class by the name of a method", { $: "model", class: "constructor", options: {}, state: {} }],
    [
      "__proto__ among the options",
      JSON.parse('{"$":"model","class":"ToyMean","options":{"__proto__":{"polluted":1}},"state":{"$":"undefined"}}'),
    ],
    [
      "__proto__ as an entry",
      {
        $: "model",
        class: "ToyMean",
        options: { $: "object", entries: [["__proto__", { polluted: 1 }]] },
        state: { $: "undefined" },
      },
    ],
    [
      "constructor.prototype",
      {
        $: "model",
        class: "ToyMean",
        options: { constructor: { prototype: { polluted: 1 } } },
        state: { $: "undefined" },
      },
    ],
    ["a kind by the name of a method", { $: "toString" }],
    ["no model at all", [1, 2, 3]],
    ["null", null],
    [
      "a tensor that is not there",
      {
        $: "model",
        class: "ToyMean",
        options: {},
        state: {
          means: { $: "tensor", name: "means" },
          nFeaturesIn: 2,
          featureNamesIn: { $: "undefined" },
          outputs: null,
        },
      },
    ],
    [
      "a list that claims to be huge",
      { $: "model", class: "ToyMean", options: {}, state: { length: 2 ** 53, means: [] } },
    ],
    ["a model in itself many times", nest(MAX_DEPTH - 3)],
  ])("%s", async (_, description) => {
    expect(await outcome(await fileWith(JSON.stringify(description)))).toBeInstanceOf(ModelFileError);
    expect({}).not.toHaveProperty("polluted");
  });

  it("deep nesting, wide nesting, keys twice", async () => {
    const texts = [
      "[".repeat(1_000_000),
      `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`,
      `[${"[],".repeat(200_000)}[]]`,
      '{"$":"model","$":"model","class":"ToyMean","class":"Other","options":{},"state":{}}',
      '{"$":"model","class":"ToyMean","options":{},"state":{"$":"undefined"}} ',
      "",
      "\u0000",
    ];
    for (const text of texts) {
      const started = performance.now();
      const result = await outcome(await fileWith(text));
      expect(result instanceof ModelFileError || result instanceof ToyMean).toBe(true);
      expect(performance.now() - started).toBeLessThan(SLOW_MS);
    }
  });

  it("one tensor named a thousand times, tensors that nobody names", async () => {
    const means: RawTensor = { dtype: "float64", shape: [1000], data: new Float64Array(1000) };
    const state = { means: Array.from({ length: 1000 }, () => ({ $: "tensor", name: "means" })) };
    const often = JSON.stringify({ $: "model", class: "ToyMean", options: {}, state });
    expect(await outcome(await fileWith(often, new Map([["means", means]])))).toBeInstanceOf(ModelFileError);
    const none = JSON.stringify({ $: "model", class: "ToyMean", options: {}, state: { $: "undefined" } });
    expect(await outcome(await fileWith(none))).toBeInstanceOf(ToyMean);
    expect(await outcome(await fileWith(none, new Map([["means", means]])))).toBeInstanceOf(ModelFileError);
  });
});

/** What loading gives: the object, or the error, which must come in time. */
async function outcome(bytes: Uint8Array): Promise<unknown> {
  const started = performance.now();
  const result = await loadModel(bytes, { classes: CLASSES }).catch((error: unknown) => error);
  expect(performance.now() - started).toBeLessThan(SLOW_MS);
  return result;
}

async function refusedOrWorking(bytes: Uint8Array): Promise<"refused" | "working"> {
  const result = await outcome(bytes);
  if (result instanceof ModelFileError) return "refused";
  if (result instanceof ToyNet) {
    const values = result.predict([1, 2]);
    expect(values.every((value) => typeof value === "number")).toBe(true);
    return "working";
  }
  if (result instanceof ToyDense) return "working";
  expect(result).toBeInstanceOf(Estimator);
  if (result instanceof ToySoftmax || result instanceof ToyMean || result instanceof ToyCenter) await mustWork(result);
  return "working";
}

/** An estimator that came out of a file does its work, or says why the data does not suit it. */
async function mustWork(model: ToySoftmax | ToyMean | ToyCenter): Promise<void> {
  if (!model.fitted) return;
  try {
    const result = await ("transform" in model ? model.transform(TABLE) : model.predict(TABLE));
    if (result instanceof Tensor) expect(result.shape[0]).toBe(X.length);
    else for (const label of result) expect((model as ToySoftmax).classes).toContain(label);
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
  }
}

async function sampleFiles(): Promise<Uint8Array[]> {
  const labels = ["low", "low", "mid", "high", "high", "high"];
  return [
    await (await new ToySoftmax({ maxIter: 3, randomState: 1 }).fit(TABLE, labels)).save(),
    await (await new ToyMean().fit(X, [1, 2, 3, 4, 5, 6])).save(),
    await (await new ToyCenter().fit(X)).save(),
    await saveModel(ToyNet.sample()),
  ];
}

/** The file with its header's tensors edited as text, padded, with the lengths and the checksum right. */
async function editHeader(bytes: Uint8Array, random: Random): Promise<Uint8Array> {
  const { header, body } = readLayout("test", bytes);
  const edits: ((text: string) => string)[] = [
    (text) =>
      text.replace(
        /"dtype":"F\d\d"/,
        `"dtype":"${["F32", "F64", "I32", "U8", "BOOL", "F16", "", "__proto__"][random(8)]}"`,
      ),
    (text) =>
      text.replace(
        /"shape":\[[\d,]*\]/,
        `"shape":[${["", "1", "3,2", "2,3", "6,1", "-1", "1e9", "9007199254740991,0", "0.5", "[2]"][random(10)]}]`,
      ),
    (text) => text.replace(/\[\d+,\d+\]\}/, `[${random(80)},${random(80)}]}`),
    (text) => text.replace(/"data_offsets":\[(\d+),(\d+)\]/, '"data_offsets":[$2,$1]'),
    (text) => text.replace(/\}\}$/, '},"extra":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    (text) => text.replace(/,("[a-z]+":\{"dtype".*?\})/, ",$1,$1"),
    (text) => text.replace(/"(coef|means|mean|momenta\.0)":\{/, '"__proto__":{'),
    (text) => text.replace('"version":"1"', `"version":"${random(3)}"`),
    (text) => text.replace('"format":"skein-model"', '"format":"pt"'),
    (text) => text.replace('"format"', ' "format"'),
    (text) => text.replace(/\d/g, (digit) => (random(40) === 0 ? String(random(10)) : digit)),
  ];
  const edited = new TextEncoder().encode(edits[random(edits.length)]!(header));
  const padded = Math.ceil(edited.length / 8) * 8;
  const file = new Uint8Array(8 + padded + body.length).fill(0x20);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded), true);
  file.set(edited, 8);
  file.set(body, 8 + padded);
  return restamp(file);
}

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i += 2) value = { $: "model", class: "ToyMean", options: {}, state: { inner: value } };
  return value;
}

function flipBit(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const flipped = bytes.slice();
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: readonly number[]): Uint8Array {
  return Uint8Array.from([...bytes.slice(0, at), ...insert, ...bytes.slice(at + remove)]);
}

function noise(size: number, random: Random): number[] {
  return Array.from({ length: size }, () => random(256));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
