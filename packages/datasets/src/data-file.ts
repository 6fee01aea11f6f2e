/**
 * Reads a data file of this package: gzipped JSON, from the file system where there is one, by `fetch` in a browser. The
 * content is compared with its checksum before anything of it is used.
 */
import { DataError } from "@skein-ml/core";
import { checksums } from "./checksums.ts";

/** The files in `data/`, without `.json.gz`. */
export type DataFileName = keyof typeof checksums;

/** How Node, Deno and Bun hand out their file system without an import that a browser's bundler would stumble over. */
declare const process:
  | {
      getBuiltinModule?(name: "node:fs/promises"): { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> } | undefined;
    }
  | undefined;

/**
 * The parsed content of a data file.
 *
 * @param call  the public function that asks; errors name it
 * @param name  which file, for its checksum
 * @param url   where the file lies
 * @throws DataError  if the file can't be read or unpacked, or is not the one that was shipped
 */
export async function readDataFile<Content>(call: string, name: DataFileName, url: URL): Promise<Content> {
  const plain = await unpack(call, url, await readBytes(call, url));
  await compareChecksum(call, name, url, plain);
  return JSON.parse(new TextDecoder().decode(plain)) as Content;
}

async function readBytes(call: string, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    if (url.protocol === "file:" && typeof process !== "undefined") {
      const files = process.getBuiltinModule?.("node:fs/promises");
      if (files) return await files.readFile(url);
    }
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new DataError(
      call,
      "the data file can't be read",
      { url: url.href, reason: messageOf(error) },
      "Keep the folder data/ of @skein-ml/datasets beside its code; a bundler has to leave the package as it is.",
    );
  }
}

/** Some web servers unpack `.gz` files on the way, so a file without gzip's first two bytes is taken as it is. */
async function unpack(call: string, url: URL, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(plain).arrayBuffer());
  } catch (error) {
    throw new DataError(call, "the data file is damaged", { url: url.href, reason: messageOf(error) }, REINSTALL);
  }
}

async function compareChecksum(call: string, name: DataFileName, url: URL, plain: BufferSource): Promise<void> {
  // Browsers have `crypto.subtle` on https and localhost only.
  if (!globalThis.crypto?.subtle) {
    throw new DataError(
      call,
      "no SHA-256 to check the data file with",
      { url: url.href },
      "Serve the page over https or from localhost: browsers offer WebCrypto only there.",
    );
  }
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", plain));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (found !== checksums[name]) {
    throw new DataError(
      call,
      "the data file is not the one that was shipped",
      { url: url.href, found, wanted: checksums[name] },
      REINSTALL,
    );
  }
}

const REINSTALL = "Install @skein-ml/datasets again.";

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
