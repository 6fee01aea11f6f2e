/** Preparing columns: docs/classical.md. */
export { StandardScaler, type StandardScalerOptions } from "./standard-scaler.ts";
