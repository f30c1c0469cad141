import type { Results } from '../../results/results';
import type { EnergyMeter } from './energy-meter';
import { openNvidia } from './energy-nvidia';
import { openRapl } from './energy-rapl';

const onGpu = (name: string) => name === 'node-gpu' || name === 'webgpu';

/** The energy meter of a backend's device: the processor's counters (RAPL), or the power of the GPU (nvidia-smi). */
export async function openEnergyMeter({ name }: Results['backend']): Promise<EnergyMeter> {
  return onGpu(name) ? openNvidia() : openRapl();
}

/** Which energy can be measured here, for people. */
export async function describeEnergy(): Promise<{ processor: string; gpu: string }> {
  const [processor, gpu] = [openRapl(), await openNvidia()];
  processor.close();
  gpu.close();
  return { processor: processor.how, gpu: gpu.how };
}
