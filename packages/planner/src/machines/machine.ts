/** What a machine is to the planner: an accelerator, the links around it, and a cluster of nodes. */
import type { BitsPerSecond, Bytes, BytesPerSecond, Dollars, FlopsPerSecond, Seconds, Watts } from "../units.ts";

/** Number formats of matrix products. */
export type Precision = "fp32" | "bf16" | "fp8";

/** One device. */
export interface Accelerator {
  readonly name: string;
  /** Peak of dense (not sparse) matrix products by precision; absent where the device has none. */
  readonly peak: Readonly<Partial<Record<Precision, FlopsPerSecond>>>;
  /** Share of the bf16 peak that the best large matrix product was measured to reach; absent where nobody measured. */
  readonly achievable?: { readonly share: number; readonly source: string };
  readonly memory: Bytes;
  readonly bandwidth: BytesPerSecond;
  /** Link to the other devices of a node. */
  readonly link: string;
  readonly power: Watts;
  /** Rent of one device for an hour; absent where no price is at hand. */
  readonly price?: { readonly hour: Dollars; readonly source: string };
  /** Of peak rates, memory, bandwidth and power. */
  readonly source: string;
}

/** A link between devices. */
export interface Link {
  readonly name: string;
  /** One direction, for one device (inside a node) or one port (between nodes). */
  readonly rate: BitsPerSecond;
  /** From one end to the other, software included. */
  readonly latency: Seconds;
  readonly source: string;
}

/** Equal nodes of equal devices. Make one with `cluster({ ... })`. */
export interface Cluster {
  readonly name: string;
  readonly nodes: number;
  readonly devicesPerNode: number;
  readonly accelerator: Accelerator;
  /** Between the devices of a node. */
  readonly inside: Link;
  /** Between nodes: one port. */
  readonly between: Link;
  /** Ports of a node. */
  readonly ports: number;
  /** How many times more bandwidth the nodes have than the network above them: 1 for a full fat tree. */
  readonly oversubscription: number;
  /** Time a device runs on average until something stops the job, in hours. */
  readonly deviceHoursToFailure: number;
}

export function deviceCount({ nodes, devicesPerNode }: Cluster): number {
  return nodes * devicesPerNode;
}
