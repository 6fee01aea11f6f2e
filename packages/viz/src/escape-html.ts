/** Text that may come from anywhere, made safe to stand in HTML and SVG. */

/**
 * The text with the five characters that mean something in markup written as entities, and without those
 * that are forbidden.
 *
 * @example escapeHtml('<b title="a & b">') // => "&lt;b title=&quot;a &amp; b&quot;&gt;"
 */
export function escapeHtml(text: string): string {
  return withoutForbidden(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Without the characters that may not stand in HTML and XML, not even as entities. */
export function withoutForbidden(text: string): string {
  return text.replace(FORBIDDEN, "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
