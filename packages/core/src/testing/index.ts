export { type ReferenceRoutine, REFERENCE_ROUTINES, runReference } from "../reference/routines/index.ts";
export type { ReferenceView } from "../reference/view.ts";
export { backendSuite, type BackendSuiteOptions } from "./backend-suite.ts";
