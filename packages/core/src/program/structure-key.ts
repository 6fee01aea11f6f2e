/** Keys for caches of what is made from plain data. */

/**
 * JSON, with the numbers that JSON has no form for: NaN, infinities and -0 stay apart.
 * @example structureKey([Infinity, -0, 0]) // => "[\"#Infinity\",\"#-0\",0]"
 */
export function structureKey(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => {
    if (typeof part !== "number" || (Number.isFinite(part) && !Object.is(part, -0))) return part;
    return Object.is(part, -0) ? "#-0" : `#${part}`;
  });
}
