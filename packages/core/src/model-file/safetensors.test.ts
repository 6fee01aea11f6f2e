import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import golden from "../../../../golden/core/model-file/from_python.json" with { type: "json" };
import { DTYPES, type DType } from "../dtype.ts";
import { DataError, ModelFileError } from "../errors.ts";
import { tensor } from "../tensor/creation.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

const folder = new URL("../../../../golden/core/model-file/", import.meta.url);
const fromPython = new Uint8Array(readFileSync(new URL(golden.file, folder)));

describe("safetensors", () => {
  it("reads what Python wrote", () => {
    const { tensors, metadata } = readSafetensors(fromPython);
    expect(Object.fromEntries(metadata)).toEqual(golden.metadata);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(golden.tensors).sort());
    for (const [name, wanted] of Object.entries(golden.tensors)) {
      const x = tensors.get(name)!;
      expect([x.dtype, x.shape]).toEqual([wanted.dtype, wanted.shape]);
      expect(Array.from(x.data), name).toEqual(Array.from(wanted.data as unknown[], Number));
    }
  });

  it("writes the very bytes that Python writes", async () => {
    const { tensors, metadata } = readSafetensors(fromPython);
    expect(await writeSafetensors(tensors, Object.fromEntries(metadata))).toEqual(fromPython);
  });

  it("reads from the middle of a buffer, where nothing is aligned", () => {
    const shifted = new Uint8Array(fromPython.length + 3);
    shifted.set(fromPython, 3);
    expect(Array.from(readSafetensors(shifted.subarray(3)).tensors.get("exact")!.data)).toEqual([
      0.1,
      1e300,
      5e-324,
      Number.NEGATIVE_INFINITY,
    ]);
  });

  it("names dtypes it has not", () => {
    const bytes = new Uint8Array(readFileSync(new URL(golden.others.file, folder)));
    expect(() => readSafetensors(bytes)).toThrow(/unknown dtype \(tensor "long", dtype "I64"\)/);
  });

  it.each(Object.keys(DTYPES) as DType[])("brings %s back, empty and scalar too", async (dtype) => {
    const given = {
      full: tensor(
        [
          [0, 1],
          [1, 1],
        ],
        { dtype },
      ),
      empty: tensor([], { dtype, shape: [0] }),
      one: tensor(1, { dtype }),
    };
    const { tensors } = readSafetensors(await writeSafetensors(given));
    for (const [name, x] of Object.entries(given)) expect(tensors.get(name)!.toArray()).toEqual(x.toArray());
  });

  it("takes names of any kind", async () => {
    const names = ["__proto__", "constructor", "10", "2", "", "ü\u{1F600}", 'quo"te'];
    const { tensors } = readSafetensors(await writeSafetensors(new Map(names.map((name, i) => [name, tensor([i])]))));
    for (const [i, name] of names.entries()) expect(tensors.get(name)!.item()).toBe(i);
    expect(Object.prototype).not.toHaveProperty("0");
  });

  it.each([
    ["nothing", ""],
    ["no object", "[]"],
    ["no JSON", "{"],
    ["a gap", '{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}'],
    [
      "an overlap",
      '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
    ],
    ["a huge shape", '{"a":{"dtype":"F64","shape":[9007199254740991],"data_offsets":[0,2]}}'],
    ["sizes that overflow", '{"a":{"dtype":"U8","shape":[65536,65536,65536,65536],"data_offsets":[0,2]}}'],
    ["a negative size", '{"a":{"dtype":"U8","shape":[-2],"data_offsets":[0,2]}}'],
    ["a fraction", '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0.5,2.5]}}'],
    ["offsets the wrong way round", '{"a":{"dtype":"U8","shape":[],"data_offsets":[2,0]}}'],
    ["the wrong size", '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2]}}'],
    ["a boolean of 2", '{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}'],
    ["no dtype", '{"a":{"shape":[2],"data_offsets":[0,2]}}'],
    ["metadata of numbers", '{"__metadata__":{"a":1},"b":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}'],
    ["deep nesting", "[".repeat(100_000)],
    ["bytes left over", "{}"],
  ])("refuses a header with %s", (_, header) => {
    expect(() => readSafetensors(fileOf(header, [0, 2]))).toThrow(ModelFileError);
  });

  it("refuses a header longer than the file", () => {
    expect(() => readSafetensors(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 123, 125))).toThrow(
      /header is longer/,
    );
    expect(() => readSafetensors(new Uint8Array(7))).toThrow(ModelFileError);
  });
});

function fileOf(header: string, body: readonly number[]): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

describe("what people pass", () => {
  it("reads a Node Buffer at any offset, and keeps none of its bytes", async () => {
    const bytes = await writeSafetensors({ weight: tensor([0.1, 0.2], { dtype: "float64" }) });
    for (const offset of [0, 1, 8]) {
      const whole = Buffer.from(new ArrayBuffer(bytes.length + offset));
      whole.set(bytes, offset);
      const { tensors } = readSafetensors(whole.subarray(offset));
      whole.fill(255);
      expect(tensors.get("weight")!.toArray()).toEqual([0.1, 0.2]);
    }
    expect(readSafetensors(bytes.slice().buffer).tensors.get("weight")!.size).toBe(2);
  });

  it.each([null, undefined, "bytes", [1, 2], new Float64Array(4)])("refuses %j as bytes", (bytes) => {
    expect(() => Reflect.apply(readSafetensors, undefined, [bytes])).toThrow(DataError);
  });

  it.each([
    [{ a: 5 }, {}, '"a" is the number 5, not a tensor'],
    [null, {}, "tensors by name are wanted, but null came"],
    [[tensor(1)], {}, "tensors by name are wanted"],
    [{ __metadata__: tensor(1) }, {}, "can't be the name of a tensor"],
    [new Map([[1, tensor(1)]]), {}, "the number 1 can't be the name of a tensor"],
    [{ a: tensor(1) }, { version: 1 }, "metadata must be strings, but version is the number 1"],
    [{ a: tensor(1) }, "text", "metadata must be a plain object"],
  ])("refuses to write %j with %j", async (tensors, metadata, message) => {
    const attempt = Reflect.apply(writeSafetensors, undefined, [tensors, metadata]);
    await expect(attempt).rejects.toThrow(DataError);
    await expect(attempt).rejects.toThrow(message);
  });
});
