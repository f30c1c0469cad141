import baseline from './generated/baseline';
import relaxed from './generated/relaxed';
import wide from './generated/wide';

/**
 * relaxed: with fused multiply-add. wide: the same with tiles of twice the width, for engines that fuse pairs of vectors to 256
 * bits; slower on others.
 */
export type Variant = 'baseline' | 'relaxed' | 'wide';

/** The number of columns of a panel; see assembly/panel.ts. */
export const panelColumns = (variant: Variant): number => (variant === 'wide' ? 16 : 8);

const sources = { baseline, relaxed, wide };
/** The flags of an imported memory that is shared and has a maximum. */
const SHARED = 3;

// (func (result v128) (f32x4.relaxed_madd (v128.const 0) (v128.const 0) (v128.const 0)))
const zeros = new Array<number>(16).fill(0);
const constant = [0xfd, 0x0c, ...zeros];
const probe = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x3d, 0x01, 0x3b, 0x00, ...constant, ...constant, ...constant, 0xfd, 0x85, 0x02, 0x0b],
]);

/** (module) */
const empty = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

/** Explains why WebAssembly does not run here; undefined if it does. */
export function whyNoWebAssembly(): string | undefined {
  if (typeof WebAssembly === 'undefined') {
    return 'this engine has no WebAssembly (Node: it was started with --jitless or --no-expose-wasm)';
  }
  try {
    new WebAssembly.Module(empty);
    return undefined;
  } catch (error) {
    return (
      "WebAssembly is blocked here; the page's content security policy needs script-src 'wasm-unsafe-eval' " +
      `(${(error as Error).message})`
    );
  }
}

/** @throws when WebAssembly does not run here. */
export function assertWebAssembly(): void {
  const why = whyNoWebAssembly();
  if (why !== undefined)
    throw new Error(`simd backend: ${why}. tfjs's cpu backend works without it: await tf.setBackend('cpu')`);
}

/** Whether this engine supports relaxed SIMD, like Chrome 114, Node 22 and later. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(probe);
}

/** The wasm module of a variant, with or without shared memory. */
export function variantBytes(variant: Variant, shared: boolean): Uint8Array<ArrayBuffer> {
  const { flag, base64 } = sources[variant];
  const bytes = decodeBase64(base64);
  if (shared) bytes[flag] = SHARED;
  return bytes;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
