/** Links by name. Rates are of one direction; data sheets often give the sum of both, which is halved here. */
import { didYouMean, OptionError } from "@skein-ml/core";
import { gigabitsPerSecond, microseconds } from "../units.ts";
import type { Link } from "./machine.ts";

/** Start-up times are round figures of this package, not of a data sheet; they matter for small messages only. */
const inNode = microseconds(5);
const acrossNodes = microseconds(10);

const links: Readonly<Record<string, readonly [gigabits: number, network: boolean, source: string]>> = {
  nvlink3: [8 * 300, false, "NVIDIA A100 data sheet: 600 GB/s, both directions"],
  nvlink4: [8 * 450, false, "NVIDIA H100 data sheet: 900 GB/s, both directions"],
  nvlink5: [8 * 900, false, "NVIDIA HGX B200 data sheet: 1.8 TB/s, both directions"],
  "infinity-fabric": [8 * 448, false, "AMD MI300X data sheet: seven links of 128 GB/s, both directions"],
  "pcie4-x16": [8 * 31.5, false, "PCI Express 4.0: 16 GT/s, 16 lanes, 128b/130b"],
  "pcie5-x16": [8 * 63, false, "PCI Express 5.0: 32 GT/s, 16 lanes, 128b/130b"],
  "tpu-v4-ici": [2400 / 2, false, "Google Cloud TPU v4 documentation: 2400 Gbit/s a chip, taken as both directions"],
  "tpu-v5p-ici": [4800 / 2, false, "Google Cloud TPU v5p documentation: 4800 Gbit/s a chip, taken as both directions"],
  "shared-memory": [8 * 50, false, "this package's round figure for processes on one host"],
  "infiniband-edr": [100, true, "InfiniBand Trade Association, EDR 4x"],
  "infiniband-hdr": [200, true, "InfiniBand Trade Association, HDR 4x"],
  "infiniband-ndr": [400, true, "InfiniBand Trade Association, NDR 4x"],
  "infiniband-xdr": [800, true, "InfiniBand Trade Association, XDR 4x"],
  "omni-path-100": [100, true, "Intel Omni-Path 100 series: 100 Gbit/s a port"],
  "roce-100": [100, true, "RDMA over 100 Gbit/s Ethernet"],
  "roce-200": [200, true, "RDMA over 200 Gbit/s Ethernet"],
  "roce-400": [400, true, "RDMA over 400 Gbit/s Ethernet"],
  "ethernet-10": [10, true, "IEEE 802.3ae"],
  "ethernet-25": [25, true, "IEEE 802.3by"],
  "ethernet-100": [100, true, "IEEE 802.3ba"],
};

export const linkNames: readonly string[] = Object.keys(links);

/**
 * A link by name. Plain Ethernet starts five times slower than RDMA.
 *
 * @throws OptionError for an unknown name
 * @example linkPreset("infiniband-ndr").rate // => 400000000000
 */
export function linkPreset(name: string): Link {
  const found = links[name];
  if (found === undefined) {
    throw new OptionError("linkPreset", `there is no link ${JSON.stringify(name)}`, {}, didYouMean(name, linkNames));
  }
  const [gigabits, isNetwork, source] = found;
  const slow = name.startsWith("ethernet") ? microseconds(50) : acrossNodes;
  return { name, rate: gigabitsPerSecond(gigabits), latency: isNetwork ? slow : inNode, source };
}
