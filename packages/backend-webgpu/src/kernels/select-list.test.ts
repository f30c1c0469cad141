import { createHash } from 'node:crypto';
import { expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { leastDevice, normals, randomTensor, runKernel, startWebgpu } from '../../test/webgpu';
import type { WebgpuBackend } from '../backend';
import { internals } from '../tfjs-internals';

const available = await startWebgpu();

const list = (tensors: tf.Tensor[]) => tensors as unknown as Record<string, tf.Tensor>;
/** The bits of the values, long ones by a digest: a difference of long lists would take minutes to be printed. */
const bits = async (tensors: tf.Tensor[]) =>
  Promise.all(
    tensors.map(async (x) => {
      const values = new Int32Array((await x.data<'float32'>()).slice().buffer);
      return values.length > 100 ? createHash('sha256').update(values).digest('hex') : Array.from(values);
    }),
  );
/** A condition that is on the GPU, as one that was computed there. */
const createCondition = (isTrue: boolean): tf.Tensor =>
  tf.tidy(() => runKernel('AllFinite', { x: tf.scalar(isTrue ? 1 : Number.NaN) })[0]!);
const selectEach = (condition: tf.Tensor, values: tf.Tensor[], others: tf.Tensor[]) =>
  runKernel('SelectList', list([...values.map(() => condition), ...values, ...others]));

// Vectors, scalars, none, more than a dispatch binds, and one in a separate dispatch.
const shapes = [
  [64],
  [3],
  [0],
  [5, 7],
  [],
  [2001],
  [262_148],
  ...Array.from({ length: 12 }, (_, i) => [i + 1]),
];
const attrs = { learningRate: 0.3, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step: 3 };
const weightDecays = shapes.map(() => 0.1);

describe.runIf(available)('SelectList', () => {
  it.each([
    ['true', true, async () => {}],
    ['false', false, async () => {}],
    ['true, with the least limits', true, leastDevice],
    ['false, with the least limits', false, leastDevice],
  ] as const)('joins the steps of an optimizer: %s', async (_, isTaken, start) => {
    await start();
    await expectNoLeaks(async () => {
      const columns = [1, 2, 3, 4].map((c) => shapes.map((shape, i) => randomTensor(shape, 100 * c + i)));
      const [gradients, parameters, means] = columns as [tf.Tensor[], tf.Tensor[], tf.Tensor[]];
      const squares = columns[3]!.map((x) => tf.square(x));
      // −0 is another number than 0.
      parameters[1]!.dispose();
      parameters[1] = tf.tensor1d([-0, 0, 1]);
      const n = shapes.length;
      const step = () =>
        runKernel('AdamWList', list([...gradients, ...parameters, ...means, ...squares]), {
          ...attrs,
          weightDecays,
        });
      const plain = step();
      const sums = plain.slice(0, n).map((update, i) => tf.add(parameters[i]!, update));
      const want = await bits(isTaken ? [...sums, ...plain.slice(n)] : [...parameters, ...means, ...squares]);
      const [condition, nothing] = [createCondition(isTaken), tf.scalar(-0)];
      const outputs = step();
      const chosen = selectEach(condition, outputs, [...parameters.map(() => nothing), ...means, ...squares]);
      tf.dispose([condition, ...outputs]);
      const got = chosen.slice(0, n).map((update, i) => tf.add(parameters[i]!, update));
      expect(await bits([...got, ...chosen.slice(n)])).toEqual(want);
      // The updates by themselves.
      const nothings = shapes.map((shape) => tf.fill(shape, -0));
      if (!isTaken) expect(await bits(chosen.slice(0, n))).toEqual(await bits(nothings));
      tf.dispose(nothings);
      tf.dispose([nothing, ...plain, ...sums, ...got, ...chosen, ...squares]);
      return columns.flat();
    });
  });

  it('leaves a step as it is when something else is to be there instead', async () => {
    const [gradient, parameter, momentum, other] = [1, 2, 3, 4].map((seed) => randomTensor([40], seed)) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    const rule = { learningRate: 0.3, momentum: 0.9, nesterov: true, decoupled: false };
    const single = { ...rule, weightDecay: 0.1 };
    const many = { ...rule, weightDecays: [0.1] };
    const steps = [
      () => runKernel('Sgd', { gradient, parameter, momentum }, single),
      () => runKernel('SgdList', list([gradient, parameter, momentum]), many),
    ];
    const condition = createCondition(false);
    for (const step of steps) {
      // 0 is not −0, another slot, no slot, an update that was computed before.
      for (const [zero, slot] of [
        [0, momentum],
        [-0, other],
      ] as const) {
        const outputs = step();
        const nothing = tf.scalar(zero);
        const chosen = selectEach(condition, outputs, [nothing, slot]);
        expect(await bits(chosen)).toEqual(await bits([tf.fill([40], zero), slot]));
      }
      const [update, next] = step() as [tf.Tensor, tf.Tensor];
      const [chosen] = selectEach(condition, [update], [tf.scalar(-0)]) as [tf.Tensor];
      const [plainUpdate, plainNext] = step() as [tf.Tensor, tf.Tensor];
      expect(await bits([next])).toEqual(await bits([plainNext]));
      expect(await bits([tf.add(parameter, chosen)])).toEqual(await bits([parameter]));
      expect(await bits(selectEach(condition, [plainUpdate], [tf.scalar(-0)]))).toEqual(
        await bits([tf.fill([40], -0)]),
      );
    }
  });

  it.each([[true], [false]])('computes what waits with the choice: %s', async (isTrue) => {
    await expectNoLeaks(async () => {
      const onGpu = (seed: number) => tf.tidy(() => tf.abs(tf.tensor1d(normals(100, seed))));
      const [running, batch] = [onGpu(1), onGpu(2)];
      const next = tf.tidy(() => tf.add(tf.mul(running, 0.9), tf.mul(batch, 0.1)));
      const condition = createCondition(isTrue);
      const [chosen] = selectEach(condition, [next], [running]);
      expect(await bits([chosen!])).toEqual(await bits([isTrue ? next : running]));
      return [running, batch, next, condition, chosen!];
    });
  });

  it.each([[true], [false]])(
    'chooses slots that lie in one buffer by one dispatch, and updates with their addition: %s',
    async (isTaken) => {
      const backend = tf.backend() as WebgpuBackend;
      const dispatches = () => internals(backend).dispatchCountInPass;
      const rule = { learningRate: -1, momentum: 0.9, nesterov: true, decoupled: false };
      await expectNoLeaks(async () => {
        const sizes = [[64], [5, 7], [], [2001], [3]];
        const [parameters, first] = [1, 2].map((c) =>
          sizes.map((shape, i) => randomTensor(shape, 10 * c + i)),
        );
        let [slots, want] = [first!, first!];
        const condition = createCondition(isTaken);
        const nothing = tf.scalar(-0);
        // From slots that lie anywhere, and from those of the step before.
        for (const round of [1, 2]) {
          const gradients = sizes.map((shape, i) => randomTensor(shape, 100 * round + i));
          const weightDecays = sizes.map(() => 0);
          const outputs = runKernel('SgdList', list([...gradients, ...parameters!, ...slots]), {
            ...rule,
            weightDecays,
          });
          const n = sizes.length;
          // As muon does: directions are read, which computes the step, and updates made of them.
          const updates = outputs.slice(0, n).map((direction) => tf.mul(direction, 0.5));
          await Promise.all(outputs.slice(0, n).map((direction) => direction.data()));
          await condition.data();
          const before = dispatches();
          const chosen = selectEach(
            condition,
            [...updates, ...outputs.slice(n)],
            [...updates.map(() => nothing), ...slots],
          );
          expect(dispatches() - before).toBe(1);
          const sums = parameters!.map((parameter, i) => tf.add(parameter, chosen[i]!));
          const added = isTaken
            ? parameters!.map((parameter, i) => tf.add(parameter, updates[i]!))
            : parameters!.map((parameter) => tf.clone(parameter));
          expect(await bits(sums)).toEqual(await bits(added));
          const single = gradients.map((gradient, i) =>
            runKernel(
              'Sgd',
              { gradient, parameter: parameters![i]!, momentum: want[i]! },
              { ...rule, weightDecay: 0 },
            ),
          );
          const next = single.map(([, momentum], i) => (isTaken ? momentum! : tf.clone(want[i]!)));
          expect(await bits(chosen.slice(n))).toEqual(await bits(next));
          tf.dispose([gradients, outputs, updates, chosen.slice(0, n), sums, added]);
          tf.dispose(single.flat().filter((tensor) => !next.includes(tensor)));
          if (round > 1) tf.dispose([slots, want]);
          [slots, want] = [chosen.slice(n), next];
        }
        return [parameters!, first!, slots, want, condition, nothing];
      });
    },
  );
});
