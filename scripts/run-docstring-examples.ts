/**
 * `npm run check:docstrings`: type-checks and runs the `@example` of every public docstring, with all public names of
 * the packages in scope, the example's own package first.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DocstringExample, docstringExamples, type Example } from "./examples/extract.ts";
import { root, runExamples } from "./examples/workbench.ts";

/** Where each public name of a package comes from: `Ridge` from `@skein-ml/classical`. */
type Names = Map<string, string>;

const packages = readdirSync(join(root, "packages"));
const namesOf = new Map<string, Names>();
for (const name of packages) namesOf.set(name, await publicNames(name));

async function publicNames(name: string): Promise<Names> {
  const manifest: { name: string; exports: Record<string, unknown> } = JSON.parse(read(name, "package.json"));
  const specifiers = Object.keys(manifest.exports)
    .filter((subpath) => !subpath.endsWith(".json"))
    .map((subpath) => manifest.name + subpath.slice(1));
  const names: Names = new Map();
  for (const specifier of specifiers) {
    for (const exported of Object.keys(await import(specifier))) {
      if (!names.has(exported)) names.set(exported, specifier);
    }
  }
  return names;
}

function read(...path: string[]): string {
  return readFileSync(join(root, "packages", ...path), "utf8");
}

function publicExamples(name: string): DocstringExample[] {
  return readdirSync(join(root, "packages", name, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .flatMap((path) => docstringExamples(join("packages", name, "src", path), read(name, "src", path)))
    .filter(({ owner }) => namesOf.get(name)?.has(owner));
}

/** An import of each public name that the example uses and does not import itself. */
function importsFor({ place, code }: Example): string {
  const own = place.split(/[\\/]/)[1] ?? "";
  const known = new Map([...packages, own].flatMap((name) => [...(namesOf.get(name) ?? [])]));
  const itsOwn = new Set(
    [...code.matchAll(/^import\s(.*?)\sfrom/gms)].flatMap(([, names]) => names?.match(/\w+/g) ?? []),
  );
  const used = new Set([...code.matchAll(/(?<![.\w$])[A-Za-z_$][\w$]*/g)].map(([name]) => name));
  return [...used]
    .filter((name) => known.has(name) && !itsOwn.has(name))
    .map((name) => `import { ${name} } from "${known.get(name)}";`)
    .join(" ");
}

process.exit((await runExamples("docstrings", packages.flatMap(publicExamples), importsFor)) ? 0 : 1);
