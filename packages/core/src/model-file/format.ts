/**
 * What makes a safetensors file a model file: four strings in its metadata, the first of which is a checksum at a fixed
 * place, over all bytes of the file but its own eight digits.
 */
import type { Context } from "../progress/progress.ts";
import { crc32 } from "./crc32.ts";

export const FORMAT = "skein-model";
/** Raised when older versions of Skein can't read what newer ones write. */
export const VERSION = "1";

/** How every header begins; the digits of the checksum follow. */
const START = '{"__metadata__":{"crc32":"';
const DIGITS = 8;
const FROM = 8 + START.length;

/** The metadata of a model file before its checksum is known. */
export function modelMetadata(description: string): ReadonlyMap<string, string> {
  return new Map([
    ["crc32", "0".repeat(DIGITS)],
    ["format", FORMAT],
    ["version", VERSION],
    ["description", description],
  ]);
}

/** Write the checksum into the bytes of a model file. */
export async function stampChecksum(bytes: Uint8Array, context: Context): Promise<void> {
  bytes.set(new TextEncoder().encode(await checksumOf(bytes, context)), FROM);
}

/** The checksum that the bytes should have, as it stands in the file. */
export async function checksumOf(bytes: Uint8Array, context: Context): Promise<string> {
  const crc = await crc32([bytes.subarray(0, FROM), bytes.subarray(FROM + DIGITS)], context);
  return crc.toString(16).padStart(DIGITS, "0");
}

/** The checksum that stands in the bytes, or undefined if they do not begin as a model file does. */
export function writtenChecksum(bytes: Uint8Array): string | undefined {
  if (bytes.length < FROM + DIGITS) return undefined;
  const start = String.fromCharCode(...bytes.subarray(8, FROM + DIGITS));
  return start.startsWith(START) ? start.slice(START.length) : undefined;
}
