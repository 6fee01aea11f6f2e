/**
 * A value in a few words, for error messages: what it is and how it begins.
 */

/** @example describeValue("abc") // => 'the string "abc"' */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value)}`;
  if (typeof value === "number") return `the number ${Object.is(value, -0) ? "-0" : value}`;
  if (typeof value === "bigint") return `the bigint ${value}n`;
  if (Array.isArray(value)) return describeArray(value);
  if (typeof value === "function") return value.name ? `the function ${value.name}` : "a function";
  if (typeof value !== "object") return `a ${typeof value}`;
  return describeObject(value);
}

function describeArray(value: readonly unknown[]): string {
  const items = value.slice(0, 4).map((item) => (Array.isArray(item) ? `array(${item.length})` : short(item)));
  return `the array [${items.join(", ")}${value.length > 4 ? `, ... ${value.length} items` : ""}]`;
}

function describeObject(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  const className = typeof name === "string" && name !== "Object" ? name : undefined;
  if (className === "Tensor" && "shape" in value) return `a Tensor of shape [${String(value.shape)}]`;
  if (ArrayBuffer.isView(value)) return `a ${className} of ${(value as Uint8Array).length} elements`;
  if (className) return `an instance of ${className}`;
  const keys = Object.keys(value);
  return `the object { ${keys.slice(0, 5).join(", ")}${keys.length > 5 ? ", ..." : ""} }`;
}

function short(item: unknown): string {
  if (typeof item === "string") return JSON.stringify(item.slice(0, 20));
  return typeof item === "object" && item !== null ? "object" : String(item);
}
