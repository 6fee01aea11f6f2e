/** `npm run check:imports`: fails with a list when a file under packages/ breaks a rule of import-rules.ts. */
import { fileURLToPath } from "node:url";
import { importViolations } from "./import-rules.ts";

const violations = importViolations(fileURLToPath(new URL("..", import.meta.url)));
for (const violation of violations) console.error(violation);
console.log(violations.length === 0 ? "Imports: all rules hold" : `Imports: ${violations.length} broken`);
process.exitCode = violations.length === 0 ? 0 : 1;
