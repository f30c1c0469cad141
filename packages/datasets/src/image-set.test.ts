import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallImages } from '../test/small-images';
import { batches } from './batches';
import { channelStatistics } from './channel-statistics';
import type { ImageSet } from './image-set';
import { split } from './split';
import { subset } from './subset';

beforeAll(() => tf.setBackend('cpu'));

const bytes = [0, 51, 102, 153, 204, 255, 255, 0];
const set = (change: object = {}) =>
  ({
    images: Uint8Array.from(bytes),
    labels: Uint8Array.of(0, 1),
    count: 2,
    height: 2,
    width: 2,
    channels: 1,
    ...change,
  }) as ImageSet;

const users: [string, (set: ImageSet) => unknown][] = [
  ['batches', (images) => batches(images, { batchSize: 2 })],
  ['split', (images) => split(images, { validation: 1 })],
  ['subset', (images) => subset(images, 1)],
  ['channelStatistics', (images) => channelStatistics(images)],
];

describe.each(users)('%s', (name, use) => {
  it.each([
    ['a plain array', bytes],
    ['an Int8Array', Int8Array.from(bytes)],
    ['an Int32Array', Int32Array.from(bytes)],
    ['a Float32Array of 0 … 1', Float32Array.from(bytes, (byte) => byte / 255)],
    ['text', 'images'],
    ['null', null],
    ['nothing', undefined],
  ])('rejects pixels that are %s', (_, images) => {
    expect(() => use(set({ images }))).toThrow(
      new RegExp(`^${name}: images is .*; give bytes in a Uint8Array, or use fromArrays for other numbers`),
    );
  });

  it.each([
    ['fractions', Float32Array.of(0.5, 2.7), /^\w+: labels is a Float32Array of 2; give class indices/],
    ['text', ['1', 'x'], /^\w+: labels is \["1", "x"\]; give class indices/],
    ['a plain array', [0, 1], /^\w+: labels is \[0, 1\]; give class indices/],
    ['negative', Int32Array.of(0, -1), /^\w+: label 1 is -1; give class indices of at least 0/],
    ['too few', Uint8Array.of(0), /has the shape \[2,2,2,1\] but 8 bytes of images and 1 labels/],
  ])('rejects labels that are %s', (_, labels, message) => {
    expect(() => use(set({ labels }))).toThrow(message);
  });

  it.each([0, -1, 1.5, Number.NaN, '2', null, undefined])('rejects the height %s', (height) => {
    expect(() => use(set({ height }))).toThrow(new RegExp(`^${name}: height of the image set is`));
  });

  it.each([undefined, null, 5, 'set', [], {}])('rejects %s in place of a set', (other) => {
    expect(() => use(other as unknown as ImageSet)).toThrow(
      new RegExp(`^${name}: the (image set|data) is .*; give (\\{|an image set)`),
    );
  });
});

it('accepts other arrays of bytes: a Buffer and a Uint8ClampedArray', async () => {
  for (const images of [Buffer.from(bytes), Uint8ClampedArray.from(bytes)]) {
    for (const augmentBytes of [[], [() => () => {}]]) {
      const [batch] = [...batches(set({ images }), { batchSize: 2, augmentBytes }).batches(0)];
      const values = [...batch!.xs.dataSync()];
      values.forEach((value, i) => {
        expect(value).toBeCloseTo(bytes[i]! / 255, 6);
      });
      tf.dispose([batch!.xs, batch!.ys]);
    }
  }
});

it('keeps class indices above 255', () => {
  const labels = Int32Array.from({ length: 10 }, (_, i) => 250 + 5 * i);
  const many = { ...smallImages(), labels };
  const { train, validation } = split(many, { validation: 4, seed: 1 });
  expect([...train.labels, ...validation.labels].sort((a, b) => a - b)).toEqual([...labels]);
  expect([...subset(many, [9, 0]).labels]).toEqual([295, 250]);
  const [batch] = [...batches(many, { batchSize: 10 }).batches(0)];
  expect([...batch!.ys.dataSync()]).toEqual([...labels]);
  tf.dispose([batch!.xs, batch!.ys]);
});
