/**
 * Units as types: a number of bytes can't be handed over where bits, or bytes a second, are wanted.
 *
 * Arithmetic gives plain numbers, so whoever computes names the unit of the result once: `bytes(2 * parameters)`. GB is
 * 10^9 bytes and GiB is 2^30; nothing here, and no text made here, says one and means the other.
 */
declare const unitOf: unique symbol;

/** A number with a unit. The unit exists for the compiler only. */
export type Quantity<U extends string> = number & { readonly [unitOf]: U };

export type Bytes = Quantity<"B">;
export type Bits = Quantity<"bit">;
export type BytesPerSecond = Quantity<"B/s">;
export type BitsPerSecond = Quantity<"bit/s">;
export type Flops = Quantity<"FLOP">;
export type FlopsPerSecond = Quantity<"FLOP/s">;
export type Seconds = Quantity<"s">;
export type Watts = Quantity<"W">;
export type Dollars = Quantity<"$">;

/** A quantity of a unit named by the type asked for. */
export function quantity<U extends string>(value: number): Quantity<U> {
  return value as Quantity<U>;
}

export const bytes = (value: number): Bytes => quantity(value);
/** GB: 10^9 bytes. */
export const gigabytes = (value: number): Bytes => quantity(value * 1e9);
/** GiB: 2^30 bytes. */
export const gibibytes = (value: number): Bytes => quantity(value * 2 ** 30);
/** GB/s: 10^9 bytes a second. */
export const gigabytesPerSecond = (value: number): BytesPerSecond => quantity(value * 1e9);
/** Gbit/s, the unit of network links: 10^9 bits a second. */
export const gigabitsPerSecond = (value: number): BitsPerSecond => quantity(value * 1e9);
export const teraflops = (value: number): FlopsPerSecond => quantity(value * 1e12);
export const watts = (value: number): Watts => quantity(value);
export const dollars = (value: number): Dollars => quantity(value);
export const seconds = (value: number): Seconds => quantity(value);
export const microseconds = (value: number): Seconds => quantity(value * 1e-6);

/** Eight bits are a byte. */
export function bytesPerSecond(rate: BitsPerSecond): BytesPerSecond {
  return quantity(rate / 8);
}

const decimalSteps = [
  [1e15, "P"],
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/**
 * A value with its unit, for people: three or four digits and a decimal prefix; times in the step that fits.
 *
 * @example formatQuantity(80e9, "B") // => "80.0 GB"
 */
export function formatQuantity(value: number, unit: string): string {
  if (unit === "s") return formatSeconds(value);
  if (unit === "share") return `${(100 * value).toFixed(1)} %`;
  if (unit === "$") return `$ ${Math.round(value).toLocaleString("en")}`;
  const plain = unit === "" ? "" : ` ${unit}`;
  if (value === 0 || !Number.isFinite(value)) return `${value}${plain}`;
  if (unit === "days") return `${value < 10 ? value.toFixed(2) : value.toFixed(1)} days`;
  const [step, prefix] = decimalSteps.find(([size]) => Math.abs(value) >= size) ?? [1, ""];
  const scaled = value / step;
  const text =
    Number.isInteger(scaled) && prefix === "" ? String(scaled) : scaled.toPrecision(Math.abs(scaled) >= 100 ? 4 : 3);
  const word = unit === "" && prefix === "G" ? "billion" : `${prefix}${unit}`;
  return `${text}${word === "" ? "" : ` ${word}`}`;
}

/**
 * Bytes in GiB (2^30), as `nvidia-smi` and most tools count device memory.
 *
 * @example formatGibibytes(2 ** 30) // => "1.0 GiB"
 */
export function formatGibibytes(value: number): string {
  return `${(value / 2 ** 30).toFixed(1)} GiB`;
}

function formatSeconds(value: number): string {
  if (value >= 2 * 86_400) return `${(value / 86_400).toFixed(1)} days`;
  if (value >= 2 * 3600) return `${(value / 3600).toFixed(1)} h`;
  if (value >= 120) return `${(value / 60).toFixed(1)} min`;
  if (value >= 1 || value === 0) return `${value.toPrecision(3)} s`;
  if (value >= 1e-3) return `${(value * 1e3).toPrecision(3)} ms`;
  return `${(value * 1e6).toPrecision(3)} us`;
}
