/**
 * `jit`: a function recorded once for each set of argument types, compiled as a whole, and run from then on without
 * going through its operations.
 */
import type { Device, Storage } from "../backend/device.ts";
import type { Plan } from "../backend/plan.ts";
import { MachineError } from "../errors.ts";
import { hostDevice } from "../tensor/creation.ts";
import { contiguousStrides, isContiguous, sizeOf } from "../tensor/strides.ts";
import { stored, Tensor, type TensorType, upload } from "../tensor/tensor.ts";
import { lower } from "./lower.ts";
import { trace } from "./trace.ts";

/** A function of tensors that gives several. */
export type TensorsFunction = (...inputs: Tensor[]) => readonly Tensor[];

/**
 * Compile a function of tensors. It is recorded at the first call for each combination of shapes, dtypes and machine;
 * later calls run the compiled program, so the function must do the same for the same types (no reading of elements,
 * no side effects). Tensors it captures are taken as they were at the recording.
 *
 * @param f  takes tensors, gives an array of tensors
 * @throws MachineError if `f` asks for elements while it is recorded, or arguments are on different machines
 * @example jit((x) => [sum(mul(x, x))])(tensor([1, 2, 3]))[0].item() // => 14
 */
export function jit(f: TensorsFunction): (...inputs: Tensor[]) => readonly Tensor[] {
  const compiled = new Map<string, Compiled>();
  return (...inputs) => {
    if (inputs.some((x) => x.source.kind === "traced")) return f(...inputs);
    const device = commonDevice(inputs);
    const key = JSON.stringify(inputs.map(({ dtype, shape }) => [dtype, shape]));
    let found = compiled.get(key);
    if (!found || found.device !== device) {
      found = compile(f, inputs, device);
      compiled.set(key, found);
    }
    return call(found, inputs);
  };
}

interface Compiled {
  readonly device: Device;
  readonly plan: Plan;
  readonly captured: readonly Tensor[];
  readonly outputs: readonly TensorType[];
  readonly executable: ReturnType<Device["backend"]["compile"]>;
}

function compile(f: TensorsFunction, inputs: readonly Tensor[], device: Device): Compiled {
  const program = trace(inputs, (args) => f(...args), "jit");
  const { plan } = lower(program, { backend: device.backend });
  return {
    device,
    plan,
    captured: program.captured.map(({ tensor }) => onDevice(tensor, device)),
    outputs: program.outputs.map((id) => program.values[id] as TensorType),
    executable: device.backend.compile(plan),
  };
}

function call({ device, plan, captured, outputs, executable }: Compiled, inputs: readonly Tensor[]): Tensor[] {
  const ready = inputs.map((x) => onDevice(x, device));
  const given = [...ready, ...captured].map((x) => stored(x, "jit").storage);
  const results = outputs.map(({ dtype, shape }) => device.alloc(dtype, sizeOf(shape)));
  const temps = plan.buffers.slice(given.length + results.length).map(({ dtype, size }) => device.alloc(dtype, size));
  executable.bind([...given, ...results, ...temps].map((storage) => storage.buffer)).run();
  for (const temp of temps) temp.release();
  ready.forEach((x, i) => {
    if (x !== inputs[i]) x.dispose();
  });
  return results.map((storage, i) => wholeTensor(storage, outputs[i] as TensorType));
}

/** The tensor itself if it fills the start of its memory row by row on the machine, else a copy that does. */
export function onDevice(x: Tensor, device: Device): Tensor {
  const { storage, offset, strides } = stored(x, "jit");
  if (storage.device === device && offset === 0 && isContiguous(x.shape, strides)) return x;
  return upload(device, x.data, x);
}

/** A tensor over a whole storage, row by row. */
export function wholeTensor(storage: Storage, type: TensorType): Tensor {
  const strides = contiguousStrides(type.shape);
  return new Tensor({ shape: type.shape, dtype: type.dtype }, { kind: "stored", storage, offset: 0, strides });
}

function commonDevice(inputs: readonly Tensor[]): Device {
  const devices = new Set(inputs.map((x) => x.device));
  devices.delete(hostDevice());
  if (devices.size > 1) {
    throw new MachineError(
      "jit",
      "the arguments are on different machines",
      { machines: [...devices].map((d) => d.name) },
      "Bring them together with `await x.to(device)`.",
    );
  }
  return [...devices][0] ?? hostDevice();
}
