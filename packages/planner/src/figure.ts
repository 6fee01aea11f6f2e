/**
 * A number that explains itself: value, unit, the formula it came from, who says so, and what went in.
 *
 * All results of this package are made of these, as plain data: they survive JSON, and a table, a report or a page can
 * show the derivation of any number without knowing what it is about.
 */
import { formatQuantity } from "./units.ts";

export type Unit =
  | "B"
  | "bit"
  | "B/s"
  | "bit/s"
  | "FLOP"
  | "FLOP/s"
  | "s"
  | "days"
  | "$"
  | "W"
  | "share"
  | "tokens"
  | "tokens/s"
  | "";

/** One figure. `unit` "" is a plain count; "share" lies in 0..1. */
export interface Figure {
  readonly value: number;
  readonly unit: Unit;
  /** In the names of `inputs`. */
  readonly formula: string;
  /** Paper, data sheet or place in the documentation of this package. */
  readonly source: string;
  readonly inputs: Readonly<Record<string, number | string>>;
}

/** Where a figure comes from. */
export interface Derivation {
  readonly formula: string;
  readonly source: string;
  readonly inputs?: Readonly<Record<string, number | string>>;
}

/** A figure from its value and derivation. */
export function figure(value: number, unit: Unit, { formula, source, inputs = {} }: Derivation): Figure {
  return { value, unit, formula, source, inputs };
}

/**
 * A figure in one line: value, formula, inputs, source.
 *
 * @example
 * explain({ value: 28, unit: "B", formula: "2 n", source: "definition", inputs: { n: 14 } })
 * // => "28 B = 2 n, with n = 14 [definition]"
 */
export function explain({ value, unit, formula, source, inputs }: Figure): string {
  const facts = Object.entries(inputs).map(([name, input]) => `${name} = ${show(input)}`);
  const where = facts.length > 0 ? `, with ${facts.join(", ")}` : "";
  return `${formatQuantity(value, unit)} = ${formula}${where} [${source}]`;
}

function show(input: number | string): string {
  if (typeof input === "string") return input;
  return Number.isInteger(input) ? input.toLocaleString("en") : String(Number(input.toPrecision(4)));
}
