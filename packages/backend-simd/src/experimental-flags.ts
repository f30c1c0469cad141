import { assertNotRunning, configureSimd } from './options';
import { nodeModule, processorAndVersion } from './platform';
import { tryVariant } from './self-test';
import { hasRelaxedSimd } from './variants';

const RELAXED = '--experimental-wasm-relaxed-simd';
const WIDE = '--experimental-wasm-revectorize';
/** V8 knows the flag for longer, but fuses float products only from this version of Node on. */
const WIDE_SINCE = 24;
/** The wide variant has to be faster than the relaxed one by this factor. */
const GAIN = 1.15;

type SetFlags = (flags: string) => void;

/**
 * Turns on what this version of Node has but does not offer by itself:
 * in Node 20 relaxed SIMD (products about a sixth faster), in Node 24 and later on x64 vectors of 256 bits (products about
 * twice as fast).
 *
 * The flags hold for the whole process and V8 calls them experimental, so the library never sets one on its own. The
 * kernels are then checked against known results and timed, which takes a fifth of a second; when a result is wrong or
 * nothing is gained, the flag is taken back and the usual variant used.
 *
 * @returns the flags that were set; empty where there is nothing to gain, as in a browser or in Node 22.
 * @throws when the backend is already running.
 * @example
 * enableExperimentalV8Flags();
 * await tf.setBackend('simd');
 */
export function enableExperimentalV8Flags(): string[] {
  assertNotRunning('enableExperimentalV8Flags');
  const v8 = nodeModule('v8') as { setFlagsFromString: SetFlags } | undefined;
  if (!v8) return [];
  if (!hasRelaxedSimd()) return enableRelaxed(v8.setFlagsFromString);
  const { processor, major } = processorAndVersion();
  return processor === 'x64' && major >= WIDE_SINCE ? enableWide(v8.setFlagsFromString) : [];
}

function enableRelaxed(setFlags: SetFlags): string[] {
  setFlags(RELAXED);
  if (!hasRelaxedSimd()) return [];
  if (tryVariant('relaxed').right) return [RELAXED];
  configureSimd({ variant: 'baseline' });
  return [];
}

function enableWide(setFlags: SetFlags): string[] {
  const usual = tryVariant('relaxed');
  setFlags(WIDE);
  const wide = tryVariant('wide');
  if (wide.right && wide.rate > GAIN * usual.rate) {
    configureSimd({ variant: 'wide' });
    return [WIDE];
  }
  setFlags(WIDE.replace('--', '--no-'));
  return [];
}
