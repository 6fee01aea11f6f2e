/**
 * For tests: runs one kernel on the reference machine and on this one, from the same memory, and compares every byte of
 * every buffer, so that writes outside a kernel's outputs show too.
 */
import {
  type Backend,
  type DType,
  type Kernel,
  newArray,
  type Plan,
  referenceBackend,
  type TypedArray,
} from "@skein-ml/core";
import { CpuMachine } from "../machine.ts";

/** A kernel with memory for each access: buffers of given contents and the element the access starts at. */
export interface KernelCase {
  readonly kernel: Kernel;
  readonly loads: readonly { readonly data: TypedArray; readonly offset: number }[];
  /** Sizes of the stores' buffers. */
  readonly stores: readonly { readonly size: number; readonly offset: number }[];
}

/** Contents of the buffers after the kernel ran, loads first. */
export async function runCase(backend: Backend, { kernel, loads, stores }: KernelCase): Promise<TypedArray[]> {
  const dtypes = [...kernel.loads.map((load) => load.dtype), ...storeDTypes(kernel)];
  const contents = [
    ...loads.map(({ data }) => data),
    ...stores.map(({ size }, i) => filler(storeDTypes(kernel)[i], size)),
  ];
  const plan: Plan = {
    buffers: contents.map((data, i) => ({ dtype: dtypes[i] ?? "float32", size: data.length })),
    steps: [
      {
        kind: "kernel",
        kernel,
        loads: loads.map(({ offset }, buffer) => ({ buffer, offset })),
        stores: stores.map(({ offset }, i) => ({ buffer: loads.length + i, offset })),
      },
    ],
  };
  const buffers = plan.buffers.map(({ dtype, size }) => backend.alloc(dtype, size));
  contents.forEach((data, i) => {
    const buffer = buffers[i];
    if (buffer) backend.write(buffer, data, 0);
  });
  backend.compile(plan).bind(buffers).run();
  const results = await Promise.all(buffers.map((buffer) => backend.read(buffer, 0, buffer.size)));
  for (const buffer of buffers) backend.free(buffer);
  return results;
}

/** Both machines' results. */
export async function runBoth(
  machine: CpuMachine,
  one: KernelCase,
): Promise<{ got: TypedArray[]; want: TypedArray[] }> {
  return { got: await runCase(machine, one), want: await runCase(referenceBackend(), one) };
}

function storeDTypes(kernel: Kernel): DType[] {
  return kernel.stores.map(({ node }) => kernel.nodes[node]?.dtype ?? "float32");
}

/** What stands in output buffers before: a pattern that no result has by accident. */
function filler(dtype: DType = "float32", size = 0): TypedArray {
  return newArray(dtype, size).fill(dtype === "bool" ? 1 : 77);
}

/** A new machine for a test file. */
export function testMachine(): CpuMachine {
  return new CpuMachine({ limitBytes: 2 ** 30, shared: typeof SharedArrayBuffer !== "undefined" });
}

/** Row-major strides of a shape. */
export function rowMajor(shape: readonly number[]): number[] {
  let step = 1;
  return shape
    .map((_, i) => shape[shape.length - 1 - i] ?? 1)
    .map((size) => {
      const stride = step;
      step *= size;
      return stride;
    })
    .reverse();
}
