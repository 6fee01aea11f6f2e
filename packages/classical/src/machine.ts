/**
 * The option `device` of estimators: the machine that computes.
 */
import { cpu } from "@skein-ml/backend-cpu";
import { type check, Device } from "@skein-ml/core";

/** A machine, or null for the embedded one. */
export function deviceOption(): check.Checker<Device | null> {
  return {
    wanted: "a Device, or null",
    default: null,
    refused: ["cpu", 7, {}],
    accepts: (value): value is Device | null => value === null || value instanceof Device,
  };
}

/** The machine to compute on. */
export function deviceOf(option: Device | null): Device {
  return option ?? cpu();
}
