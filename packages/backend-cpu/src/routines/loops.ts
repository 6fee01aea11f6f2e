/**
 * Exports of a generated module under names that TypeScript knows.
 */
import { MachineError } from "@skein-ml/core";
import type { Exports } from "../wasm/assembler.ts";

/** A generated WASM function. Integers and addresses are numbers. */
export type Loop = (...args: number[]) => number;

/** The functions called `names`, all of which the module defines. */
export function loopsOf<Name extends string>(exports: Exports, names: readonly Name[]): Readonly<Record<Name, Loop>> {
  const found = names.map((name) => {
    const loop = exports[name];
    if (!loop) throw new MachineError("cpu", "a generated module lacks a function", { name });
    return [name, loop];
  });
  return Object.fromEntries(found) as Record<Name, Loop>;
}
