/**
 * The order of strings by Unicode code points, which is that of their UTF-8 bytes and of Python and Rust. JavaScript's own
 * order, by UTF-16 units, differs where one of two units is a surrogate.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return (a.codePointAt(i) ?? 0) - (b.codePointAt(i) ?? 0) || difference;
  }
  return a.length - b.length;
}
