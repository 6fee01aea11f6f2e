/**
 * A number with a fixed count of decimals, as Python prints it: a tie, such as 0.625 with two, goes to the even digit.
 * (`toFixed` rounds ties up.)
 *
 * @example fixed(0.625, 2) // => "0.62"
 */
export function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return "nan";
  // Only multiples of 1 / 2^(digits + 1) can lie in the middle of two decimals.
  const halves = value * 2 ** (digits + 1);
  const isTie = Number.isInteger(halves) && Math.abs(halves % 2) === 1;
  if (!isTie) return value.toFixed(digits);
  const below = Math.floor(value * 10 ** digits);
  return ((below % 2 === 0 ? below : below + 1) / 10 ** digits).toFixed(digits);
}
