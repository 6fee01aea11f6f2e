/** The page as Chromium shows it. Skipped where there is no Chromium. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const sources = fileURLToPath(new URL("../../packages/", import.meta.url));

describe.skipIf(chromium === undefined)("planner page (needs Chromium)", () => {
  let folder = "";
  let server: Server;
  let address = "";

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "skein-page-"));
    await build({
      root: fileURLToPath(new URL(".", import.meta.url)),
      resolve: { alias: [{ find: /^@skein-ml\/([\w-]+)$/, replacement: `${sources}$1/src/index.ts` }] },
      build: { outDir: folder, emptyOutDir: true },
      logLevel: "error",
    });
    server = createServer((request, response) => {
      const path = new URL(request.url ?? "/", "http://localhost").pathname;
      const file = join(folder, path === "/" ? "index.html" : path);
      readFile(file).then(
        (content) => response.setHeader("content-type", types[extname(file)] ?? "").end(content),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const bound = server.address();
    address = typeof bound === "object" && bound !== null ? `http://127.0.0.1:${bound.port}/` : "";
  }, 60_000);

  afterAll(async () => {
    server?.close();
    if (folder !== "") await rm(folder, { recursive: true, force: true });
  });

  async function shown(query: string): Promise<string> {
    const flags = [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${folder}/profile`,
      "--virtual-time-budget=5000",
    ];
    const run = promisify(execFile);
    const { stdout } = await run(chromium ?? "", [...flags, "--dump-dom", address + query], {
      maxBuffer: 2 ** 24,
      timeout: 30_000,
    });
    return stdout;
  }

  it("plans what the address asks for, and shows published runs with misses", async () => {
    const dom = await shown("?model=llama-3-70b&nodes=5");
    expect(dom).toMatch(/<td>Best plan<\/td><td>data \d+, tensor/);
    expect(dom).toMatch(/<td>Step<\/td>/);
    expect(dom).toMatch(/<output>32<\/output>/);
    expect(dom).toMatch(/megatron-1t/);
    expect(dom).toMatch(/<tr class="miss">/);
    expect(dom).not.toMatch(/NaN/);
  }, 60_000);

  it("says what would fit where nothing does", async () => {
    const dom = await shown("?model=llama-3-405b&nodes=0");
    expect(dom).toMatch(/With \d+ such nodes there is one/);
    expect(dom).not.toMatch(/Best plan/);
  }, 60_000);
});
