import type { Kernels } from '@tenfold/kernels';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend';
import type { Pointer } from '../pointer';
import { floats } from './floats';

type AttentionAttributes = Kernels['Attention']['attributes'];

interface Sizes {
  batch: number;
  queries: number;
  keys: number;
  heads: number;
  size: number;
}

/** The minimum number of multiply-adds of a task, about 0.1 ms of work. */
const TASK_WORK = 1 << 21;

/** inputs { query, key, value }, [batch, tokens, heads·size]: outputs [softmax(scale·Q·Kᵀ)·V, logsumexp [batch, heads, tokens]]. */
const attention: KernelConfig = {
  kernelName: 'Attention',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { query, key, value } = inputs as Record<string, TensorInfo>;
    const { heads, scale } = attrs as unknown as AttentionAttributes;
    const sizes = checkSizes('Attention', query!, key!, heads);
    const q = floats(simd, 'Attention', { query: query! }).query;
    const from = floats(simd, 'Attention', { key: key!, value: value! }, key!.shape);
    const [y, logsumexp] = [simd.output(query!.shape), simd.output([sizes.batch, heads, sizes.queries])];
    const pointers = [q, from.key, from.value, simd.pointer(y), simd.pointer(logsumexp)] as const;
    overHeads(simd, sizes, forwardFloats(simd, sizes), 2, ({ geometry, workspace, items, grain }) =>
      simd.parallel('attention', [...pointers, ...geometry, scale, ...workspace], items, grain),
    );
    return [y, logsumexp];
  },
};

/** inputs { dy, query, key, value, logsumexp }: outputs [gradients of query, key and value]. */
const attentionGrad: KernelConfig = {
  kernelName: 'AttentionGrad',
  backendName: 'simd',
  kernelFunc: ({ inputs, backend, attrs }) => {
    const simd = backend as SimdBackend;
    const { dy, query, key, value, logsumexp } = inputs as Record<string, TensorInfo>;
    const { heads, scale } = attrs as unknown as AttentionAttributes;
    const sizes = checkSizes('AttentionGrad', query!, key!, heads);
    const moments = [sizes.batch, heads, sizes.queries];
    const from = {
      ...floats(simd, 'AttentionGrad', { dy: dy!, query: query! }, query!.shape),
      ...floats(simd, 'AttentionGrad', { key: key!, value: value! }, key!.shape),
      ...floats(simd, 'AttentionGrad', { logsumexp: logsumexp! }, moments),
    };
    const [dq, dk, dv] = [simd.output(query!.shape), simd.output(key!.shape), simd.output(value!.shape)];
    const pointers = [from.dy, from.query, from.key, from.value, from.logsumexp] as const;
    const outputs = [simd.pointer(dq), simd.pointer(dk), simd.pointer(dv)] as const;
    overHeads(simd, sizes, gradientFloats(simd, sizes), 5, ({ geometry, workspace, items, grain }) =>
      simd.parallel(
        'attentionGrad',
        [...pointers, ...outputs, ...geometry, scale, ...workspace],
        items,
        grain,
      ),
    );
    return [dq, dk, dv];
  },
};

interface Job {
  geometry: readonly [heads: number, queries: number, keys: number, size: number];
  workspace: readonly [workspace: Pointer, workspaceBytes: number];
  items: number;
  grain: number;
}

/** Calls `use` with a workspace of `workspaceFloats` per thread and the division of the heads into tasks. */
function overHeads(
  simd: SimdBackend,
  { batch, queries, keys, heads, size }: Sizes,
  workspaceFloats: number,
  products: number,
  use: (job: Job) => void,
): void {
  const { threads } = simd.runtime;
  const bytes = Math.ceil(workspaceFloats / 16) * 64;
  const workspace = simd.temporary(bytes * threads);
  const grain = Math.max(1, Math.floor(TASK_WORK / (products * queries * keys * size)));
  const geometry = [heads, queries, keys, size] as const;
  use({ geometry, workspace: [workspace, bytes], items: batch * heads, grain });
  simd.release(workspace, bytes * threads);
}

function checkSizes(kernelName: string, query: TensorInfo, key: TensorInfo, heads: number): Sizes {
  const [batch, queries, features] = query.shape as [number, number, number];
  const fits = query.shape.length === 3 && key.shape.length === 3 && features % heads === 0;
  if (!fits || key.shape[0] !== batch || key.shape[2] !== features) {
    throw new Error(
      `${kernelName}: query has shape [${query.shape}], key [${key.shape}] and heads is ${heads}; ` +
        'expected [batch, tokens, features] with one batch, the same features, and heads a divisor of them',
    );
  }
  return { batch, queries, keys: key.shape[1]!, heads, size: features / heads };
}

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

function forwardFloats(simd: SimdBackend, { keys, size }: Sizes): number {
  const { panel } = simd.runtime;
  return roundUp(keys, 4) * (size + panel) + roundUp(size, 4) * keys + (size + roundUp(size, 4)) * panel;
}

function gradientFloats(simd: SimdBackend, { queries, keys, size }: Sizes): number {
  const { panel } = simd.runtime;
  const [keyRows, sizeRows, wide] = [roundUp(keys, 4), roundUp(size, 4), roundUp(size, panel)];
  const operands = 2 * keyRows * size + sizeRows * keys + 2 * queries * wide;
  const scores = 2 * keyRows * roundUp(queries, panel) + 2 * keyRows * panel;
  return operands + scores + (size + sizeRows) * panel + keyRows * wide;
}

/** Multi-head attention and its gradient. */
export const attentionKernels: KernelConfig[] = [attention, attentionGrad];
