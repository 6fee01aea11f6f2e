/** `npm run check:docs`: type-checks and runs the `ts` blocks of the Markdown files that users read. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Example, markdownExamples } from "./examples/extract.ts";
import { root, runExamples } from "./examples/workbench.ts";

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith(".md")),
  ...folder("docs", true).filter((path) => path.endsWith(".md")),
  ...folder("packages", false).map((name) => join(name, "README.md")),
].filter((path) => existsSync(join(root, path)));

function folder(name: string, recursive: boolean): string[] {
  if (!existsSync(join(root, name))) return [];
  return readdirSync(join(root, name), { recursive, encoding: "utf8" }).map((path) => join(name, path));
}

const examples: Example[] = pages.flatMap((path) => markdownExamples(path, readFileSync(join(root, path), "utf8")));
process.exit((await runExamples("documentation", examples, () => "")) ? 0 : 1);
