import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";
import { DataError } from "@skein-ml/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { checksums } from "./checksums.ts";
import { readDataFile } from "./data-file.ts";

const IRIS = new URL("../data/iris.json.gz", import.meta.url);
const FILES = Object.keys(checksums) as (keyof typeof checksums)[];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "skein-datasets-"));
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(folder, { recursive: true });
});

async function saved(bytes: Uint8Array): Promise<URL> {
  const path = join(folder, "iris.json.gz");
  await writeFile(path, bytes);
  return pathToFileURL(path);
}

async function failure(promise: Promise<unknown>): Promise<DataError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  return error as DataError;
}

test.each(FILES)("%s is what its checksum says", async (name) => {
  const url = new URL(`../data/${name}.json.gz`, import.meta.url);
  expect(await readDataFile("test", name, url)).toBeTypeOf("object");
});

test("a value changed by hand is found", async () => {
  const text = gunzipSync(await readFile(IRIS))
    .toString()
    .replace("5.1", "5.2");
  const error = await failure(readDataFile("loadIris", "iris", await saved(gzipSync(text))));
  expect(error.message).toMatch(/^loadIris: the data file is not the one that was shipped/);
  expect(error.details).toMatchObject({ wanted: checksums.iris });
  expect(error.message).toContain("Install @skein-ml/datasets again.");
});

test("a file cut short or with a flipped bit is found", async () => {
  const bytes = await readFile(IRIS);
  for (const damaged of [bytes.subarray(0, bytes.length / 2), bytes.subarray(0, 3), new Uint8Array(0)]) {
    await failure(readDataFile("loadIris", "iris", await saved(damaged)));
  }
  for (let position = 0; position < bytes.length; position += 97) {
    const damaged = Uint8Array.from(bytes);
    damaged[position] = (damaged[position] ?? 0) ^ 1;
    const result = await readDataFile("loadIris", "iris", await saved(damaged)).catch((error: unknown) => error);
    // gzip's head holds a time stamp and the like: those bits change nothing.
    if (position >= 10) expect(result).toBeInstanceOf(DataError);
  }
});

test("a missing file says where it was looked for", async () => {
  const url = pathToFileURL(join(folder, "none.json.gz"));
  const error = await failure(readDataFile("loadIris", "iris", url));
  expect(error.message).toMatch(/^loadIris: the data file can't be read/);
  expect(error.details).toMatchObject({ url: url.href });
});

test("without a file system the file comes by fetch, packed or unpacked by the server on the way", async () => {
  const packed = Uint8Array.from(await readFile(IRIS));
  const plain = Uint8Array.from(gunzipSync(packed));
  for (const body of [packed, plain]) {
    const fetched = vi.fn(async () => new Response(body));
    vi.stubGlobal("fetch", fetched);
    const url = new URL("https://example.org/data/iris.json.gz");
    const content = await readDataFile<{ targetNames: string[] }>("loadIris", "iris", url);
    expect(content.targetNames).toEqual(["setosa", "versicolor", "virginica"]);
    expect(fetched).toHaveBeenCalledExactlyOnceWith(url);
  }
});

test("a page that is not there, and a page without WebCrypto", async () => {
  const url = new URL("https://example.org/data/iris.json.gz");
  vi.stubGlobal("fetch", async () => new Response("not found", { status: 404 }));
  expect((await failure(readDataFile("loadIris", "iris", url))).details).toMatchObject({ reason: "status 404" });
  vi.stubGlobal("crypto", {});
  expect((await failure(readDataFile("loadIris", "iris", IRIS))).message).toContain("https or from localhost");
});
