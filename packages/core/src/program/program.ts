/**
 * A program as data: primitives over numbered values, recorded by `trace`, read by autodiff and by lowering.
 */
import type { Tensor, TensorType } from "../tensor/tensor.ts";
import type { Primitive } from "./primitive.ts";

/** A value's number, or a constant that fills the shape its primitive asks for. */
export type Argument = number | { readonly constant: number };

export interface ProgramNode {
  readonly primitive: Primitive;
  readonly params: object;
  readonly inputs: readonly Argument[];
  readonly outputs: readonly number[];
}

export interface Program {
  /** Type of every value, by its number. */
  readonly values: readonly TensorType[];
  readonly inputs: readonly number[];
  /** Tensors of the surroundings that the program uses. */
  readonly captured: readonly { readonly id: number; readonly tensor: Tensor }[];
  /** In an order in which they can be run. */
  readonly nodes: readonly ProgramNode[];
  readonly outputs: readonly number[];
}

/** The tensor arguments of a node, constants left out. */
export function valueInputs(node: ProgramNode): number[] {
  return node.inputs.filter((input) => typeof input === "number");
}
