/** The bytes of a file, in the one form that the rest of this folder works with. */
import { DataError } from "../errors.ts";
import { describeValue } from "../estimator/describe-value.ts";

/**
 * A plain Uint8Array over the same bytes. A Node Buffer is one too, but its `slice` is a view where all others copy.
 * @throws DataError if it is nothing that holds bytes
 */
export function fileBytes(call: string, bytes: unknown): Uint8Array {
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  if (bytes instanceof Uint8Array) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  throw new DataError(
    call,
    `the bytes of a file are wanted, but ${describeValue(bytes)} came`,
    {},
    "Read the file first.",
  );
}
