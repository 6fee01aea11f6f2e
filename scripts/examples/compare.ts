/** Compares what an example gives with what it promises. `promises.ts` writes the calls of these functions. */

/** A number as an example prints it, which says how many of its digits count. */
class Printed {
  readonly value: number;
  readonly tolerance: number;

  constructor(text: string) {
    this.value = Number(text);
    const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
    const decimals = mantissa.split(".")[1]?.length;
    // A whole number is meant exactly; 0.693 stands for everything that rounds to it, or did so in float32.
    const rounding = 2 ** -23 * Math.abs(this.value);
    this.tolerance = decimals === undefined ? 0 : Math.max(0.501 * 10 ** (Number(exponent) - decimals), rounding);
  }
}

/** @example printed("0.5") equals every number from 0.45 to 0.55 */
export function printed(text: string): Printed {
  return new Printed(text);
}

/**
 * @param run     gives the value; a tensor counts as its nested numbers
 * @param wanted  gives the promise: plain data with `Printed` in place of numbers
 * @throws Error  if the two differ, with both
 */
export async function expectValue(run: () => unknown, wanted: () => unknown): Promise<void> {
  const came = plain(await run());
  const promised = wanted();
  if (!fits(came, promised)) throw new Error(`gives ${show(came)}, promises ${show(promised)}`);
}

/** @throws Error if `run` ends without an error of the class `name` */
export async function expectError(run: () => unknown, name: string): Promise<void> {
  try {
    await run();
  } catch (error) {
    const came = error instanceof Error ? error.constructor.name : typeof error;
    if (came !== name) throw new Error(`throws ${came} (${String(error)}), promises ${name}`);
    return;
  }
  throw new Error(`throws nothing, promises ${name}`);
}

function fits(came: unknown, wanted: unknown): boolean {
  if (wanted instanceof Printed) return fitsNumber(came, wanted);
  if (typeof wanted !== "object" || wanted === null) return Object.is(came, wanted);
  if (typeof came !== "object" || came === null || Array.isArray(came) !== Array.isArray(wanted)) return false;
  const keys = Object.keys(wanted);
  return (
    Object.keys(came).length === keys.length &&
    keys.every((key) => fits(Reflect.get(came, key), Reflect.get(wanted, key)))
  );
}

function fitsNumber(came: unknown, { value, tolerance }: Printed): boolean {
  if (typeof came !== "number" && typeof came !== "bigint") return false;
  const number = Number(came);
  // Between ±Infinity and where NaN is promised there is no distance to measure.
  return Object.is(number, value) || number === value || Math.abs(number - value) <= tolerance;
}

/** Tensors and typed arrays as nested arrays, everything else as it is. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("toArray" in value && typeof value.toArray === "function") return plain(value.toArray());
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(Object.values(value));
  return Array.isArray(value) ? value.map(plain) : plainObject(value);
}

function plainObject(value: object): unknown {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

function show(value: unknown): string {
  return String(JSON.stringify(value, (_key, item) => (item instanceof Printed ? item.value : showOdd(item))));
}

/** JSON has no undefined, NaN or Infinity. */
function showOdd(item: unknown): unknown {
  const odd = item === undefined || typeof item === "bigint" || (typeof item === "number" && !Number.isFinite(item));
  return odd ? String(item) : item;
}
