import { expectClose, expectNoLeaks } from '@tenfold/testing';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import {
  createModel,
  type DenseParams,
  dense,
  loadSafetensors,
  type Model,
  saveSafetensors,
  sequential,
} from '../index';

/** A file with any header and any values. */
function file(header: string | object, values: ArrayLike<number> = [], length?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + values.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(values, 8 + text.length);
  return bytes;
}

const place = (dtype: string, shape: number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('saveSafetensors', () => {
  it('writes the bytes of the format', async () => {
    const bytes = await saveSafetensors(
      {
        flags: tf.tensor([true, false, true], [3], 'bool'),
        'b.kernel': tf.tensor([1, -2], [2, 1]),
        a: tf.scalar(7, 'int32'),
      },
      { epoch: '3' },
    );
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
    expect(header).toMatch(/^\{.*\} *$/);
    expect(JSON.parse(header)).toEqual({
      __metadata__: { epoch: '3' },
      a: place('I32', [], 0, 4),
      'b.kernel': place('F32', [2, 1], 4, 12),
      flags: place('BOOL', [3], 12, 15),
    });
    expect([...bytes.subarray(8 + length)]).toEqual([7, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 192, 1, 0, 1]);
  });

  it('gives the same bytes for any order of names', async () => {
    const [a, b] = [tf.ones([2]), tf.zeros([3])];
    expect(await saveSafetensors({ a, b })).toEqual(await saveSafetensors({ b, a }));
  });

  it('rejects values that the format cannot store', async () => {
    await expect(saveSafetensors({ name: tf.tensor(['x']) })).rejects.toThrow(
      /saveSafetensors: name is a tensor string \[.*\]; give a tensor of float32/,
    );
    await expect(saveSafetensors({ __metadata__: tf.ones([1]) })).rejects.toThrow(/format reserves/);
    await expect(saveSafetensors({}, { epoch: 3 as unknown as string })).rejects.toThrow(
      /metadata "epoch" is 3; give a string/,
    );
  });
});

describe('a round trip', () => {
  it('keeps names, shapes, dtypes, values and metadata', async () => {
    const tensors: tf.NamedTensorMap = {
      scalar: tf.scalar(Math.PI),
      empty: tf.zeros([0, 3]),
      special: tf.tensor([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e-45, 3e38]),
      'with "quotes" and ünïcode {}': tf.tensor(
        [
          [1, 2],
          [3, 4],
        ],
        [2, 2],
        'int32',
      ),
      flags: tf.tensor([1, 0, 1], [3], 'bool'),
      ['__proto__']: tf.ones([1]),
    };
    const metadata = { note: 'a "quoted" ü: {}', empty: '' };
    const loaded = loadSafetensors(await saveSafetensors(tensors, metadata));
    expect(loaded.metadata).toEqual(metadata);
    expect(Object.keys(loaded.tensors).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, tensor] of Object.entries(tensors)) {
      const read = loaded.tensors[name]!;
      expect([read.shape, read.dtype]).toEqual([tensor.shape, tensor.dtype]);
      await expectClose(read, tensor, { absolute: 0, relative: 0 });
    }
  });

  it.each(['', 'kernel', 'café naïve ½ %41 \u{1F600} "quoted" \\'])(
    'writes the same bytes without TextEncoder and TextDecoder, as in Jest with jsdom: %s',
    async (name) => {
      const tensors = { [`a${name}`]: tf.tensor([1, 2]) };
      const bytes = await saveSafetensors(tensors, { name });
      const bad = file('{"x":1}');
      bad[10] = 0xff;
      vi.stubGlobal('TextEncoder', undefined);
      vi.stubGlobal('TextDecoder', undefined);
      try {
        expect(await saveSafetensors(tensors, { name })).toEqual(bytes);
        const found = loadSafetensors(bytes);
        expect([Object.keys(found.tensors), found.metadata]).toEqual([[`a${name}`], { name }]);
        tf.dispose([tensors, found.tensors]);
        expect(() => loadSafetensors(bad)).toThrow(
          /loadSafetensors: the file is not valid: its header is not/,
        );
      } finally {
        vi.unstubAllGlobals();
      }
    },
  );

  it('works for an empty map', async () => {
    expect(loadSafetensors(await saveSafetensors({}))).toEqual({ tensors: {}, metadata: {} });
  });

  it('leaks nothing', async () => {
    const tensors = { a: tf.ones([2, 2]), b: tf.zeros([3]) };
    await expectNoLeaks(() => saveSafetensors(tensors).then((bytes) => loadSafetensors(bytes).tensors));
  });

  it('reads bytes at any offset in memory', async () => {
    const bytes = await saveSafetensors({ a: tf.tensor([1.5, -2.5]) });
    for (let shift = 0; shift < 8; shift++) {
      const moved = new Uint8Array(bytes.length + 16);
      moved.set(bytes, shift);
      const { tensors } = loadSafetensors(moved.subarray(shift, shift + bytes.length));
      await expectClose(tensors.a!, [1.5, -2.5]);
    }
  });
});

describe('loadSafetensors', () => {
  it('reads tensors at odd offsets', async () => {
    const header = { a: place('U8', [1], 0, 1), b: place('F32', [1], 1, 5) };
    const { tensors } = loadSafetensors(file(header, [255, 0, 0, 128, 63]));
    await expectClose(tensors.a!, [255]);
    await expectClose(tensors.b!, [1]);
  });

  it.each<[string, number[], number[], 'float32' | 'int32' | 'bool']>([
    ['F64', [24, 45, 68, 84, 251, 33, 9, 64], [Math.fround(Math.PI)], 'float32'],
    [
      'F16',
      [0, 60, 0, 192, 255, 123, 1, 0, 0, 124],
      [1, -2, 65504, 2 ** -24, Number.POSITIVE_INFINITY],
      'float32',
    ],
    ['F16', [0, 126, 0, 252, 0, 4], [Number.NaN, Number.NEGATIVE_INFINITY, 2 ** -14], 'float32'],
    ['BF16', [128, 63, 73, 192, 128, 255], [1, -3.140625, Number.NEGATIVE_INFINITY], 'float32'],
    ['I64', [254, 255, 255, 255, 255, 255, 255, 255], [-2], 'int32'],
    ['I16', [254, 255], [-2], 'int32'],
    ['U16', [254, 255], [65534], 'int32'],
    ['I8', [254], [-2], 'int32'],
    ['U8', [254], [254], 'int32'],
    ['BOOL', [0, 1], [0, 1], 'bool'],
  ])('reads %s', async (dtype, bytes, values, expected) => {
    const { tensors } = loadSafetensors(file({ a: place(dtype, [values.length], 0, bytes.length) }, bytes));
    expect(tensors.a!.dtype).toBe(expected);
    await expectClose(tensors.a!, values, { absolute: 0, relative: 0 });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no length', new Uint8Array(7), /7 bytes, too few/],
    ['a header past the end', file('{}', [], 3), /header ends at byte 11 but it has 10/],
    ['a header too long', file('{}', [], 100_000_001), /would have 100000001 bytes, at most/],
    ['a huge length', new Uint8Array(8).fill(255), /would have .* bytes, at most/],
    ['no JSON', file('{"a":'), /header is not the JSON expected/],
    ['an array', file('[]'), /does not begin with \{/],
    ['a byte order mark', file('\ufeff{}'), /does not begin with \{/],
    ['a space first', file(' {}'), /does not begin with \{/],
    ['no UTF-8', file('{"\u0080":1}').map((b) => (b === 0xc2 ? 0xff : b)), /header is not the JSON expected/],
    [
      'a name twice',
      file(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      /key "a" twice/,
    ],
    [
      'a key twice',
      file('{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'),
      /key "dtype" twice/,
    ],
    [
      'a name twice, once escaped',
      file(
        '{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}',
      ),
      /key "a" twice/,
    ],
    [
      'metadata of numbers',
      file({ __metadata__: { a: 1 } }),
      /metadata is an object with a; expected an object of strings/,
    ],
    ['metadata as text', file({ __metadata__: 'a' }), /metadata is "a"/],
    ['a tensor as text', file({ a: 'b' }), /tensor "a" is described by "b"/],
    ['a negative size', file({ a: place('U8', [-1], 0, 0) }), /tensor "a" has the shape \[-1\]/],
    ['a broken size', file({ a: place('U8', [0.5], 0, 0) }), /has the shape \[0.5\]/],
    ['a negative place', file({ a: place('U8', [1], -1, 0) }), /has the data_offsets \[-1, 0\]/],
    ['one offset', file({ a: { dtype: 'U8', shape: [], data_offsets: [0] } }), /has the data_offsets \[0\]/],
    ['a dtype of numbers', file({ a: { dtype: 1, shape: [], data_offsets: [0, 1] } }), /has the dtype 1/],
    [
      'an end before the beginning',
      file({ a: place('U8', [1], 1, 0) }, [0]),
      /needs 1 bytes but has \[1, 0\)/,
    ],
    [
      'a size that does not fit',
      file({ a: place('F32', [2], 0, 4) }, [0, 0, 0, 0]),
      /needs 8 bytes but has \[0, 4\)/,
    ],
    [
      'a size past all numbers',
      file({ a: place('F32', [2 ** 30, 2 ** 30], 0, 4) }, [0, 0, 0, 0]),
      /shape \[1073741824,1073741824\]/,
    ],
    ['a gap', file({ a: place('U8', [1], 1, 2) }, [0, 0]), /"a" begins at byte 1 of the values, expected 0/],
    [
      'an overlap',
      file({ a: place('U8', [2], 0, 2), b: place('U8', [2], 1, 3) }, [0, 0, 0]),
      /"b" begins at byte 1 of the values, expected 2/,
    ],
    [
      'values left over',
      file({ a: place('U8', [1], 0, 1) }, [0, 0]),
      /the values have 2 bytes but the header describes 1/,
    ],
    [
      'values cut off',
      file({ a: place('U8', [2], 0, 2) }, [0]),
      /the values have 1 bytes but the header describes 2/,
    ],
  ])('rejects %s', (_, bytes, message) => {
    expect(() => loadSafetensors(bytes)).toThrow(message);
    expect(() => loadSafetensors(bytes)).toThrow(/^loadSafetensors: the file is not valid/);
  });

  it('names an unsupported dtype', async () => {
    const strange = file({ a: place('F8_E4M3', [1], 0, 1) }, [0]);
    expect(() => loadSafetensors(strange)).toThrow(/dtype "F8_E4M3"; supported are F64, F32/);
    const large = file(
      { a: place('F32', [1], 0, 4), b: place('I64', [1], 4, 12) },
      [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
    );
    await expectNoLeaks(() => {
      expect(() => loadSafetensors(large)).toThrow(
        /tensor "b" contains 4294967296, which does not fit in an int32/,
      );
    });
  });
});

describe('saveSafetensors while its tensors change', () => {
  it('refuses a disposed tensor, which no cast can help', async () => {
    const tensor = tf.tensor1d([1]);
    tensor.dispose();
    await expect(saveSafetensors({ tensor })).rejects.toThrow(
      'saveSafetensors: tensor is a disposed tensor float32 [1]; save the tensors before they or their model are disposed',
    );
  });

  it('writes the values of the call, also of variables that are assigned or disposed meanwhile', async () => {
    const [a, b] = [tf.variable(tf.ones([2])), tf.variable(tf.ones([2]))];
    const before = tf.memory().numTensors;
    let saving: Promise<Uint8Array> | undefined;
    tf.tidy(() => {
      saving = saveSafetensors({ a, b });
    });
    tf.tidy(() => a.assign(tf.zeros([2])));
    b.dispose();
    const { tensors } = loadSafetensors(await saving!);
    await expectClose(tensors.a!, [1, 1]);
    await expectClose(tensors.b!, [1, 1]);
    tf.dispose(tensors);
    expect(tf.memory().numTensors).toBe(before - 1);
  });

  it('leaves no tensor when it fails', async () => {
    const a = tf.ones([2]);
    const before = tf.memory().numTensors;
    const data = vi.spyOn(tf.Tensor.prototype, 'data').mockRejectedValue(new Error('lost'));
    try {
      await expect(saveSafetensors({ a, b: a })).rejects.toThrow('lost');
    } finally {
      data.mockRestore();
    }
    await expect(saveSafetensors({ a, b: 5 as never })).rejects.toThrow(/b is 5/);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('loadSafetensors of large, deep or unusual files', () => {
  it('reads a long string of metadata', () => {
    const text = 'a\\\\'.repeat(5e6);
    const { metadata } = loadSafetensors(file(`{"__metadata__":{"k":"${text}"}}`));
    expect(metadata.k).toHaveLength(1e7);
  });

  it('rejects a deeply nested list with a clear error', () => {
    expect(() => loadSafetensors(file(`{"x":${'['.repeat(1e5)}${']'.repeat(1e5)}}`))).toThrow(
      /^loadSafetensors: the file is not valid/,
    );
  });

  it.each(['constructor', '__proto__', 'toString'])('rejects the dtype %s', (dtype) => {
    expect(() => loadSafetensors(file({ x: place(dtype, [1], 0, 4) }, [0, 0, 0, 0]))).toThrow(
      /has the dtype "\w+"; supported are/,
    );
  });

  it('accepts an ArrayBuffer, and rejects anything that does not hold bytes', async () => {
    const bytes = await saveSafetensors({ a: tf.tensor([1.5]) });
    await expectClose(loadSafetensors(bytes.buffer).tensors.a!, [1.5]);
    expect(new Blob([bytes]).size).toBe(bytes.length);
    for (const bad of [undefined, 'model.safetensors', [1, 2], {}]) {
      expect(() => loadSafetensors(bad as never)).toThrow(/^loadSafetensors: the file is .*; give its bytes/);
    }
  });
});

it.each<[string, (model: Model<{ body: DenseParams }>) => object, RegExp]>([
  [
    'a model',
    (model) => model,
    /^saveSafetensors: tensors is a model; give its parameters: model\.parameters\(\)$/,
  ],
  [
    'a tree of parameters',
    ({ params }) => params,
    /^saveSafetensors: body is an object with kernel, bias, not a tensor; give one flat map, such as model\.parameters\(\)/,
  ],
])('says what to save of %s', async (_, given, message) => {
  const model = createModel(sequential({ body: dense({ inFeatures: 2, outFeatures: 3 }) }));
  await expect(saveSafetensors(given(model) as tf.NamedTensorMap)).rejects.toThrow(message);
  model.dispose();
});

it('loads only the tensors under a prefix, without it', async () => {
  const bytes = await saveSafetensors({
    'model/a': tf.tensor([1, 2]),
    'model/b.c': tf.ones([3]),
    'other/a': tf.ones([2]),
  });
  const before = tf.memory().numTensors;
  const { tensors } = loadSafetensors(bytes, { prefix: 'model/' });
  expect(Object.keys(tensors).sort()).toEqual(['a', 'b.c']);
  expect(tf.memory().numTensors).toBe(before + 2);
  expect(() => loadSafetensors(bytes, { prefix: 'weights/' })).toThrow(
    /^loadSafetensors: no tensor of the file has a name that starts with "weights\/"; the first is named "model\/a"; give the prefix of some/,
  );
  expect(() => loadSafetensors(bytes, { prefixes: 'model/' } as never)).toThrow(
    /no option "prefixes"; did you mean prefix/,
  );
});
