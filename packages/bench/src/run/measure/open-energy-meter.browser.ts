import { noMeter } from './energy-meter';
import type * as node from './open-energy-meter';

/** Browsers do not report energy. */
export const openEnergyMeter: typeof node.openEnergyMeter = async () =>
  noMeter('browsers do not report energy');
