/**
 * JSON from a file that nobody vouches for: valid UTF-8, not nested too deep, or a ModelFileError.
 */
import { ModelFileError } from "../errors.ts";

/** Deeper nesting is refused before anything is parsed, and never written. */
export const MAX_DEPTH = 100;

/** @throws ModelFileError if the bytes are not valid UTF-8 */
export function decodeText(call: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ModelFileError(call, "the header is not valid text", {}, "The file is damaged.");
  }
}

/** @throws ModelFileError if `text` is not JSON, or is nested too deep */
export function parseJson(call: string, text: string): unknown {
  if (nestingDepth(text) > MAX_DEPTH) {
    throw new ModelFileError(call, "the description is nested too deep", { limit: MAX_DEPTH });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelFileError(call, "the header is not valid JSON", {}, "The file is damaged.");
  }
}

/** How deep brackets outside of strings are nested. */
function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (inString) {
      if (letter === "\\") i++;
      else if (letter === '"') inString = false;
    } else if (letter === '"') inString = true;
    else if (letter === "[" || letter === "{") deepest = Math.max(deepest, ++depth);
    else if (letter === "]" || letter === "}") depth--;
  }
  return deepest;
}
