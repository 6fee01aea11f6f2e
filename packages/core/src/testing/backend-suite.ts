/**
 * The Backend contract's conformance suite: what a machine must pass. It compares a machine with the reference machine on
 * every primitive, dtype, layout and gradient, on whole programs, and checks memory, captured steps and errors.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { vjp } from "../autodiff/grad.ts";
import type { Device } from "../backend/device.ts";
import { type DType, isFloat, newArray, type TypedArray } from "../dtype.ts";
import { MachineError } from "../errors.ts";
import { add, mul, sub } from "../ops/arithmetic.ts";
import { matmul } from "../ops/matmul.ts";
import { sum } from "../ops/reduce.ts";
import { transpose } from "../ops/views.ts";
import { bind } from "../program/bind.ts";
import { capture } from "../program/capture.ts";
import { jit } from "../program/jit.ts";
import type { Primitive } from "../program/primitive.ts";
import { Variable } from "../program/variable.ts";
import { hostDevice, tensor } from "../tensor/creation.ts";
import { type Tensor, upload } from "../tensor/tensor.ts";
import { expectAgreement } from "./compare.ts";
import { type Elements, LAYOUTS } from "./layouts.ts";
import { PRIMITIVES, type Sample } from "./primitives.ts";
import { randomProgram } from "./random-program.ts";
import { elementsOf } from "./sample-inputs.ts";
import { familyOf } from "./tolerance.ts";

export interface BackendSuiteOptions {
  /** A fresh device of the machine. */
  open(): Device | Promise<Device>;
  /**
   * What the machine can't do, and why: keys are `primitive` or `primitive/dtype`. The suite checks that it says so with
   * a MachineError, and fails if it can after all.
   */
  readonly expected?: Readonly<Record<string, string>>;
  /** How many random programs to compare. Default 60. */
  readonly programs?: number;
}

/**
 * Declares the suite's tests; call it in a vitest file.
 *
 * @example
 * ```text
 * backendSuite({ open: () => openWebgpu(), expected: { "sort/float64": "WGSL has no f64" } });
 * ```
 */
export function backendSuite(options: BackendSuiteOptions): void {
  let device: Device;
  beforeAll(async () => {
    device = await options.open();
  });
  afterAll(() => device.close());
  const machine = (): Device => device;

  describe("primitives agree with the reference", () => {
    for (const [name, { record, samples }] of Object.entries(PRIMITIVES)) {
      for (const dtype of dtypesOf(samples)) {
        const gap = options.expected?.[`${name}/${dtype}`] ?? options.expected?.[name];
        const chosen = samples.filter((sample) => sample.dtypes.includes(dtype));
        if (gap !== undefined)
          test(`${name} ${dtype}: not here, ${gap}`, () => expectRefusal(machine(), record, chosen, dtype));
        else primitiveTests(name, record, chosen, dtype, machine);
      }
    }
  });
  programTests(options.programs ?? 60, machine);
  memoryTests(machine);
  lifeTests(options);
}

function dtypesOf(samples: readonly Sample[]): Set<DType> {
  return new Set(samples.flatMap((sample) => sample.dtypes));
}

/** The arguments of a sample: made from the number of the argument, so that every machine gets the same. */
export function sampleElements(sample: Sample, dtype: DType): Elements[] {
  return sample.inputs.map((input, i) => ({ shape: input.shape, ...elementsOf(input, dtype, i + 1) }));
}

function primitiveTests(
  name: string,
  record: Primitive,
  samples: readonly Sample[],
  dtype: DType,
  machine: () => Device,
): void {
  for (const [layout, lay] of Object.entries(LAYOUTS)) {
    test(`${name} ${dtype} ${layout}`, async () => {
      for (const sample of samples) {
        const elements = sampleElements(sample, dtype);
        const wanted = applyOn(
          record,
          sample,
          elements.map((one) => LAYOUTS["contiguous"]?.(hostDevice(), one) as Tensor),
        );
        const came = applyOn(
          record,
          sample,
          elements.map((one) => lay(machine(), one)),
        );
        for (const [i, result] of came.entries()) await expectAgreement(result, wanted[i] as Tensor, familyOf(name));
      }
    });
  }
  const smooth = samples.filter((sample) => sample.smooth !== false && record.derivative !== "none");
  if (!isFloat(dtype) || smooth.length === 0) return;
  test(`${name} ${dtype} gradient`, async () => {
    for (const sample of smooth) {
      const elements = sampleElements(sample, dtype);
      const wanted = gradients(record, sample, elements, hostDevice());
      const came = gradients(record, sample, elements, machine());
      for (const [i, result] of came.entries()) await expectAgreement(result, wanted[i] as Tensor, "folded");
    }
  });
}

function applyOn(record: Primitive, sample: Sample, inputs: readonly Tensor[]): Tensor[] {
  return bind(record, inputs, sample.params ?? {}).slice(0, sample.outputs);
}

/** Cotangents of 1, 2, 3, ... tenths taken back to the float arguments. */
function gradients(record: Primitive, sample: Sample, elements: readonly Elements[], device: Device): Tensor[] {
  const inputs = elements.map((one) => upload(device, one.data, one));
  const floats = inputs.filter((x) => isFloat(x.dtype));
  const { values, pullback } = vjp((args) => {
    let next = 0;
    return applyOn(
      record,
      sample,
      inputs.map((x) => (isFloat(x.dtype) ? (args[next++] ?? x) : x)),
    ).filter((y) => isFloat(y.dtype));
  }, floats);
  return pullback(values.map((y) => upload(device, tenths(y), y)));
}

function tenths({ dtype, size }: Tensor): TypedArray {
  const data = newArray(dtype, size);
  for (let i = 0; i < size; i++) data[i] = ((i % 7) + 1) / 10;
  return data;
}

function expectRefusal(device: Device, record: Primitive, samples: readonly Sample[], dtype: DType): void {
  for (const sample of samples) {
    const inputs = (): Tensor[] => sampleElements(sample, dtype).map((one) => upload(device, one.data, one));
    expect(() => applyOn(record, sample, inputs())).toThrow(MachineError);
  }
}

function programTests(count: number, machine: () => Device): void {
  describe("programs agree with the reference", () => {
    for (let seed = 0; seed < count; seed++) {
      test(`random program ${seed}`, async () => {
        const { inputs, run } = randomProgram(seed);
        const place = (device: Device): Tensor[] => inputs.map((one) => upload(device, one.data, one));
        const wanted = run(place(hostDevice()));
        const compiled = jit((...args) => run(args));
        for (const results of [run(place(machine())), compiled(...place(machine())), compiled(...place(machine()))]) {
          for (const [i, result] of results.entries()) await expectAgreement(result, wanted[i] as Tensor, "folded");
        }
      });
    }

    test("a captured step updates its variables as the reference does", async () => {
      const results = await Promise.all([hostDevice(), machine()].map(descend));
      const [wanted, came] = results;
      await expectAgreement(tensor(came as Float32Array), tensor(wanted as Float32Array), "folded");
    });
  });
}

/** Ten steps of gradient descent with momentum on a least-squares problem. */
async function descend(device: Device): Promise<Float32Array> {
  const start = tensor([[0.5], [-0.25], [1]]);
  const weights = new Variable(start, { name: "weights" });
  const speed = new Variable(mul(start, 0), { name: "speed" });
  for (const variable of [weights, speed]) await variable.moveTo(device);
  const step = capture(
    ([X, y]) => {
      const rest = sub(matmul(X as Tensor, weights.value), y as Tensor);
      const gradient = matmul(transpose(X as Tensor), rest);
      speed.assign(add(mul(speed.value, 0.9), gradient));
      weights.assign(sub(weights.value, mul(speed.value, 0.01)));
      return [sum(mul(rest, rest))];
    },
    {
      device,
      variables: [weights, speed],
      inputs: [
        { shape: [4, 3], dtype: "float32" },
        { shape: [4, 1], dtype: "float32" },
      ],
    },
  );
  step.write(0, Float32Array.of(1, 2, 3, 0, 1, -1, 2, 0.5, 0, -1, 1, 1));
  step.write(1, Float32Array.of(1, -1, 2, 0.5));
  for (let i = 0; i < 10; i++) step.run();
  const result = Float32Array.of(...(await weights.read()), ...(await (step.outputs[0] as Tensor).read()));
  step.dispose();
  weights.dispose();
  speed.dispose();
  return result;
}

function memoryTests(machine: () => Device): void {
  describe("memory", () => {
    test("what is written is read back, whole and in parts", async () => {
      const { backend } = machine();
      for (const dtype of ["float32", "float64", "int32", "uint8", "bool"] as const) {
        const { data } = elementsOf({ shape: [33], element: (random) => random.below(100) }, dtype, 3);
        const buffer = backend.alloc(dtype, 33);
        backend.write(buffer, data, 0);
        backend.write(buffer, data.subarray(0, 2), 5);
        const wanted = data.slice();
        wanted.set(data.subarray(0, 2), 5);
        expect(await backend.read(buffer, 0, 33)).toEqual(wanted);
        expect(await backend.read(buffer, 4, 3)).toEqual(wanted.slice(4, 7));
        expect(backend.view?.(buffer).slice() ?? wanted).toEqual(wanted);
        backend.free(buffer);
      }
    });

    test("the count of live bytes returns to where it began", () => {
      const device = machine();
      const before = device.liveBytes;
      for (let i = 0; i < 20; i++) {
        const x = upload(device, new Float32Array(1000 + i).fill(i), { shape: [1000 + i], dtype: "float32" });
        const y = mul(x, 2);
        expect(device.liveBytes).toBe(before + 2 * 4 * (1000 + i));
        x.dispose();
        y.dispose();
      }
      expect(device.liveBytes).toBe(before);
    });

    test("memory that was given back is used again, not added to", () => {
      const device = machine();
      device.trim();
      for (let i = 0; i < 50; i++)
        upload(device, new Float32Array(250_000), { shape: [250_000], dtype: "float32" }).dispose();
      expect(device.pooledBytes).toBeLessThanOrEqual(2_000_000);
      device.trim();
      expect(device.pooledBytes).toBe(0);
    });

    test("earlier tensors keep their values while memory grows", async () => {
      const device = machine();
      const first = upload(device, Float32Array.of(1, 2, 3), { shape: [3], dtype: "float32" });
      const large = upload(device, new Float32Array(4_000_000).fill(2), { shape: [4_000_000], dtype: "float32" });
      expect(await add(first, 1).read()).toEqual(Float32Array.of(2, 3, 4));
      expect(await sum(large).read()).toEqual(Float32Array.of(8_000_000));
      first.dispose();
      large.dispose();
    });
  });
}

function lifeTests(options: BackendSuiteOptions): void {
  describe("life", () => {
    test("a closed machine refuses work with a MachineError", async () => {
      const device = await options.open();
      const x = upload(device, Float32Array.of(1), { shape: [1], dtype: "float32" });
      device.close();
      device.close();
      expect(() => add(x, 1)).toThrow(MachineError);
      expect(() => upload(device, Float32Array.of(1), { shape: [1], dtype: "float32" })).toThrow(MachineError);
    });

    test("tensors of two machines do not mix", async () => {
      const [one, other] = [await options.open(), await options.open()];
      const x = upload(one, Float32Array.of(1), { shape: [1], dtype: "float32" });
      const y = upload(other, Float32Array.of(1), { shape: [1], dtype: "float32" });
      if (one !== other) expect(() => add(x, y)).toThrow(MachineError);
      expect((await x.to(other)).device).toBe(other);
      one.close();
      other.close();
    });

    test("tensors of the host go along", async () => {
      const device = await options.open();
      const x = upload(device, Float32Array.of(1, 2), { shape: [2], dtype: "float32" });
      const result = add(x, tensor([10, 20]));
      expect(result.device).toBe(device);
      expect(await result.read()).toEqual(Float32Array.of(11, 22));
      device.close();
    });
  });
}
