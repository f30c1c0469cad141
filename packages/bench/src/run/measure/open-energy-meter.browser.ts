import { noMeter } from './energy-meter';
import type * as node from './open-energy-meter';

/** A browser tells nothing of energy. */
export const openEnergyMeter: typeof node.openEnergyMeter = async () =>
  noMeter('a browser does not tell what it uses');
