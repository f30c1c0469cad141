import { assertNotRunning, configureSimd } from './options';
import { nodeModule, processorAndVersion } from './platform';
import { tryVariant } from './self-test';
import { hasRelaxedSimd } from './variants';

const RELAXED = '--experimental-wasm-relaxed-simd';
const WIDE = '--experimental-wasm-revectorize';
/** V8 has had the flag for longer, but it fuses float products only in this and later versions of Node. */
const WIDE_SINCE = 24;
/** The wide variant must be faster than the relaxed one by this factor. */
const GAIN = 1.15;

type SetFlags = (flags: string) => void;

/**
 * Turns on experimental features of V8 that speed up the kernels: relaxed SIMD in Node 20 (products about a sixth faster), and
 * 256-bit vectors in Node 24 and later on x64 (products about twice as fast).
 *
 * The flags apply to the whole process, and V8 calls them experimental, so the library never sets one by itself. The kernels are
 * then checked against known results and timed, which takes a fifth of a second. If a result is wrong or there is no speedup, the
 * flag is reset and the usual variant is used.
 *
 * @returns the flags that were set; empty if there is nothing to gain, as in a browser or in Node 22.
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
