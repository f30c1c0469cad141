import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as exported from './index';

const checks = { ...exported };
const { assertArgument, assertOptions, nearestName, show } = checks;
const { count, either, finite, fraction, func, listOf, nonNegative, oneOf, required } = checks;

describe('assertOptions', () => {
  const kinds = {
    learningRate: required(either(nonNegative, func)),
    momentum: fraction,
    scale: oneOf('none', 'rms'),
    kernelSize: either(count, listOf(count, 2)),
  };
  type Options = { learningRate: number; momentum?: number; scale?: string; kernelSize?: number | number[] };
  const check = (options: unknown) => assertOptions<Options>('rule', options as Options, kinds);

  it('accepts valid options, and undefined as a missing option', () => {
    check({ learningRate: 0.1, momentum: undefined, scale: 'rms', kernelSize: [3, 3] });
    check({ learningRate: () => 0.1, kernelSize: 5 });
  });

  it.each([
    [
      { lr: 0.1 },
      /^rule: there is no option "lr"; did you mean learningRate\? The options are learningRate, momentum, scale, kernelSize$/,
    ],
    [{ quux: 1 }, /^rule: there is no option "quux"; the options are learningRate/],
    [{ toString: 1 }, /^rule: there is no option "toString"/],
    [JSON.parse('{ "__proto__": 1 }'), /^rule: there is no option "__proto__"/],
    [0.1, /^rule: options is 0.1; give a plain object such as \{ learningRate: … \}$/],
    [null, /^rule: options is null; give a plain object/],
    [[], /^rule: options is \[\]; give a plain object/],
    [{}, /^rule: learningRate is missing; give a finite number of at least 0, or a function$/],
    [{ learningRate: null }, /^rule: learningRate is null; give/],
    [{ learningRate: '0.5' }, /^rule: learningRate is "0.5" \(a string\); give/],
    [{ learningRate: [] }, /^rule: learningRate is \[\]; give/],
    [{ learningRate: Number.POSITIVE_INFINITY }, /^rule: learningRate is Infinity; give/],
    [
      { learningRate: 1e39 },
      /^rule: learningRate is 1e\+39 \(infinite in float32\); give a finite number of at least 0/,
    ],
    [{ learningRate: 1, momentum: 1 }, /^rule: momentum is 1; give a number in \[0, 1\)$/],
    [{ learningRate: 1, momentum: Number.NaN }, /^rule: momentum is NaN; give/],
    [{ learningRate: 1, scale: 'constructor' }, /^rule: scale is "constructor"; give "none" or "rms"$/],
    [
      { learningRate: 1, kernelSize: [3] },
      /^rule: kernelSize is \[3\]; give an integer of at least 1, or an array of 2 entries, each/,
    ],
    [{ learningRate: 1, kernelSize: new Array(2) }, /^rule: kernelSize is \[/],
    [{ learningRate: 1, kernelSize: 2 ** 40 }, /^rule: kernelSize is 1099511627776; give/],
  ])('rejects %j', (options, message) => {
    expect(() => check(options)).toThrow(message);
  });

  it('rejects symbols as keys, but not the tag of a module', () => {
    expect(() => check({ learningRate: 1, [Symbol('momentum')]: 5 })).toThrow(
      /^rule: the key Symbol\(momentum\) of options is a symbol; give options by their names$/,
    );
    const tag = { [Symbol.toStringTag]: { value: 'Module' } };
    check(Object.create(null, { learningRate: { value: 1, enumerable: true }, ...tag }));
  });
});

const otherRealm = runInNewContext('({ learningRate: 0.1 })');
class Config {
  get learningRate() {
    return 0.1;
  }
}

describe('plain objects', () => {
  const check = (options: unknown) =>
    assertOptions('rule', options as { learningRate?: number }, { learningRate: nonNegative });

  it('are literals, those of other realms, and those without a prototype', () => {
    const bare = Object.assign(Object.create(null), { learningRate: 0.1 });
    for (const options of [{}, { learningRate: 0.1 }, otherRealm, runInNewContext('({})'), bare]) {
      check(options);
      expect(checks.object.accepts(options)).toBe(true);
    }
    expect(() => check(runInNewContext('({ lr: 0.1 })'))).toThrow(/^rule: there is no option "lr"/);
  });

  it.each<[string, unknown]>([
    ['a Map', new Map([['learningRate', 1]])],
    ['a Map', runInNewContext('new Map()')],
    ['a Set', new Set()],
    ['a WeakMap', new WeakMap()],
    ['a Promise', Promise.resolve({ learningRate: 1 })],
    ['a Number', Object(0.1)],
    ['a String', Object('')],
    ['a Date', new Date()],
    ['/x/', /x/],
    ['an Error', new Error('x')],
    ['a Float32Array of 0', new Float32Array()],
    ['an ArrayBuffer', new ArrayBuffer(0)],
    ['a URL', new URL('https://example.org')],
    ['a Config', new Config()],
    ['an object that inherits from another one', Object.create({ lr: 0.1 })],
    ['an object that inherits from another one', Object.create(Object.create(null))],
    ['an object with learningRate that inherits from another one', { __proto__: {}, learningRate: 0.1 }],
  ])('are not %s', (shown, options) => {
    expect(() => check(options)).toThrow(`rule: options is ${shown}; give a plain object such as { learning`);
    expect(checks.object.accepts(options)).toBe(false);
  });

  it('hide no option', () => {
    const hidden = Object.defineProperty({}, 'lr', { value: 0.1 });
    for (const options of [Math, JSON, hidden])
      expect(() => check(options)).toThrow(/^rule: there is no option/);
  });
});

describe('kinds', () => {
  const numbers = [
    'finite',
    'positive',
    'nonNegative',
    'fraction',
    'probability',
    'portion',
    'integer',
    'count',
    'index',
    'seed',
  ] as const;
  it.each(numbers)('%s accepts numbers only', (name) => {
    for (const value of [null, true, '1', [], [1], {}, undefined, Number.NaN, Number.POSITIVE_INFINITY, 1n]) {
      expect(checks[name].accepts(value), String(value)).toBe(false);
    }
  });

  // Backends compute in float32: as such an epsilon would be 0, and as such a factor infinite.
  it.each([
    ['finite', 0, 1e39],
    ['finite', 1e-46, -1e39],
    ['positive', 1.4e-45, 7e-46],
    ['positive', 3.4028235e38, 3.4028236e38],
    ['nonNegative', 1e-46, 1e39],
    ['portion', 1.4e-45, 1e-46],
  ] as const)('%s accepts %s and rejects %s, as float32', (name, good, bad) => {
    expect([checks[name].accepts(good), checks[name].accepts(bad)]).toEqual([true, false]);
  });

  it('positive explains a number that is 0 in float32', () => {
    expect(() => assertArgument('adam', 'epsilon', 1e-46, checks.positive)).toThrow(
      /^adam: epsilon is 1e-46 \(0 in float32\); give a finite number above 0$/,
    );
  });

  it.each([
    ['positive', 1e-30, 0],
    ['nonNegative', 0, -1e-30],
    ['fraction', 0, 1],
    ['probability', 1, 1.1],
    ['portion', 1, 0],
    ['integer', -3, 0.5],
    ['count', 1, 0],
    ['index', 0, -1],
    ['seed', 2 ** 40, -1],
    ['flag', false, 0],
    ['text', 'a', ''],
    ['func', Math.max, 'f'],
    ['match', Math.max, 'a'],
    ['match', /a/, 'a'],
    ['object', {}, []],
    ['anything', 0, null],
  ] as const)('%s accepts %s and rejects %s', (name, good, bad) => {
    expect([checks[name].accepts(good), checks[name].accepts(bad)]).toEqual([true, false]);
  });

  it('func and match reject a class, because it cannot be called', () => {
    for (const name of ['func', 'match'] as const) expect(checks[name].accepts(class {})).toBe(false);
    expect(checks.func.accepts(async () => 0)).toBe(true);
  });

  it('objectWith requires the methods', () => {
    const optimizer = checks.objectWith('an optimizer such as adam()', 'init', 'update');
    expect(optimizer.accepts({ init() {}, update() {} })).toBe(true);
    for (const value of [{ init() {} }, null, () => 0, 'adam']) expect(optimizer.accepts(value)).toBe(false);
  });

  it('between includes both ends', () => {
    const kind = checks.between(-1, 2);
    expect([-1, 2, 2.1, Number.NaN].map((x) => kind.accepts(x))).toEqual([true, true, false, false]);
  });
});

it('a positional argument is checked like an option', () => {
  expect(() => assertArgument('dropout', 'rate', 1.5, fraction)).toThrow(
    /^dropout: rate is 1.5; give a number in \[0, 1\)$/,
  );
  assertArgument('dropout', 'rate', undefined, fraction);
});

describe('errors about several options', () => {
  it('mark the values that the caller did not give', () => {
    const values = { imageSize: 33, patchSize: 4 };
    expect(checks.showOptions({ imageSize: 33 }, values)).toBe(
      'imageSize is 33 and patchSize is 4 (the default)',
    );
    expect(checks.showOptions({ imageSize: undefined, patchSize: 4 }, values)).toBe(
      'imageSize is 33 (the default) and patchSize is 4',
    );
    expect(checks.showOptions(Object.create(null), { toString: 1 })).toBe('toString is 1 (the default)');
  });

  it.each([0, 0.5, Number.NaN, 2 ** 31, 1e40])('name the options that make a size of %s', (size) => {
    expect(() =>
      checks.assertSize('mlp', { inChannels: 3 }, { inChannels: 3, width: 2 }, 'a row', size),
    ).toThrow(
      `mlp: inChannels is 3 and width is 2 (the default), so a row would be ${size}; give smaller sizes, for at most 2147483647`,
    );
  });

  it('are not thrown for sizes from 1 to 2³¹ − 1', () => {
    for (const size of [1, 7, 2 ** 31 - 1]) checks.assertSize('mlp', {}, { inChannels: 3 }, 'a row', size);
  });
});

it.each([
  ['lr', 'learningRate'],
  ['learning_rate', 'learningRate'],
  ['LearningRate', 'learningRate'],
  ['wd', 'weightDecay'],
  ['eps', 'epsilon'],
  ['momentun', 'momentum'],
  ['betal', 'beta1'],
  ['quux', undefined],
  ['', undefined],
])('nearestName: %s is near %s', (wrong, right) => {
  expect(nearestName(wrong, ['learningRate', 'beta1', 'momentum', 'weightDecay', 'epsilon'])).toBe(right);
});

it.each([
  ['0.5', '"0.5"'],
  ['x'.repeat(100), `"${'x'.repeat(40)}…"`],
  [-0, '-0'],
  [2n, '2n'],
  [undefined, 'undefined'],
  [[1, 'a', null], '[1, "a", null]'],
  [[[1]], 'an array of 1'],
  [new Float32Array(3), 'a Float32Array of 3'],
  [new Map(), 'a Map'],
  [new Int32Array(2), 'an Int32Array of 2'],
  [Object.create({ a: 1 }), 'an object that inherits from another one'],
  [{ a: 1, b: 2 }, 'an object with a, b'],
  [{}, 'an empty object'],
  [Object.create(null), 'an empty object'],
  [{ shape: [2, 3], dtype: 'int32' }, 'a tensor int32 [2,3]'],
  [{ shape: [2], dtype: 'float32', isDisposed: true }, 'a disposed tensor float32 [2]'],
  [/a b/, '/a b/'],
  [Math.max, 'the function max'],
  [() => 0, 'a function'],
  [class Network {}, 'the class Network'],
  [class {}, 'a class'],
])('show: %o', (value, text) => {
  expect(show(value)).toBe(text);
});

it('matches names by a regular expression, whatever its flags, or by a function', () => {
  const only = /kernel$/g;
  const found = ['a.kernel', 'b.kernel', 'bias'].map((name) => checks.matches(only, name, 1));
  expect(found).toEqual([true, true, false]);
  expect(checks.matches((name, rank) => name === 'w' && rank >= 2, 'w', 2)).toBe(true);
  expect(checks.matches(() => undefined as never, 'w', 2)).toBe(false);
});

it.each<[() => unknown, RegExp]>([
  [() => checks.matches('w' as never, 'w', 1), /^matches: match is "w"; give a regular expression or/],
  [() => checks.matches(/w/, 5 as never, 1), /^matches: name is 5; give a string/],
  [() => checks.between(2, 1), /^between: high is 1 but low is 2; give/],
  [() => checks.between('0' as never, 1), /^between: low is "0" \(a string\); give a finite number/],
  [() => either(), /^either: there are no kinds; give/],
  [() => either(5 as never), /^either: a kind is 5; give a kind, such as positive/],
  [() => oneOf(), /^oneOf: there are no values; give/],
  [() => oneOf({} as never), /^oneOf: a value is an empty object; give a string/],
  [() => listOf(count, -1), /^listOf: length is -1; give an integer of at least 0/],
  [() => required(undefined as never), /^required: of is missing; give a kind/],
  [() => checks.objectWith('', 'init'), /^objectWith: expected is ""; give/],
  [() => assertArgument('f', 'x', 1, undefined as never), /^assertArgument: kind is undefined; give a kind/],
  [
    () => assertArgument(undefined as never, 'x', 1, count),
    /^assertArgument: name is undefined; give a string/,
  ],
  [() => assertOptions('f', {}, null as never), /^assertOptions: kinds is null; give a plain object/],
  [() => assertOptions('f', {}, {}, 0 as never), /^assertOptions: elsewhere is 0; give a plain object$/],
  [() => assertOptions('f', 5 as unknown as object, {}), /^f: options is 5; give a plain object$/],
  [() => checks.callGiven(5 as never), /^callGiven: given is 5; give a function/],
  [() => nearestName('lr', 'lr' as never), /^nearestName: known is "lr"; give an array of strings/],
])('rejects wrong arguments of a check itself: %s', (call, message) => {
  expect(call).toThrow(message);
});

describe('callGiven', () => {
  const rule = (options: object = {}) => {
    assertOptions<{ size?: number }>('rule', options, { size: count });
    if ('size' in options) throw new Error('rule: size fails');
    return options;
  };

  it('returns the result', () => {
    expect(checks.callGiven((a: number, b: number) => a - b, 5, 3)).toBe(2);
  });

  it.each<[unknown]>([[{ kernel: {} }], [[1, 2]], [Object.create({ kept: false })], [3]])(
    'says to call a factory that gets an input for its options: %j',
    (input) => {
      expect(() => checks.callGiven(rule, input as object)).toThrow(
        /^the function rule was given without a call; give rule\(…\), with its options$/,
      );
    },
  );

  it('leaves all other errors', () => {
    expect(() => checks.callGiven(rule, { size: 1 })).toThrow(/^rule: size fails$/);
    const other = (options: object) => rule(options);
    expect(() => checks.callGiven(other, { kernel: 1 })).toThrow(/^rule: there is no option "kernel"/);
    const odd = () => {
      throw 'text';
    };
    expect(() => checks.callGiven(odd)).toThrow('text');
  });
});

describe('assertCalled', () => {
  function rule(options: object) {
    checks.assertOptions<{ size?: number }>('rule', options as { size?: number }, { size: count });
    return () => 0;
  }
  function defaults(given: object = {}) {
    checks.assertOptions<{ size?: number }>('defaults', given as { size?: number }, { size: count });
  }

  it('says to call a factory, without calling it', () => {
    for (const factory of [rule, defaults]) {
      expect(() => checks.assertCalled(factory)).toThrow(
        `the function ${factory.name} was given without a call; give ${factory.name}(…), with its options`,
      );
    }
  });

  it.each<[string, unknown]>([
    ['what a factory returns', rule({})],
    [
      'a function with another name in its check',
      Object.defineProperty((o: object) => rule(o), 'name', { value: 'other' }),
    ],
    [
      'a function whose options come second',
      function second(x: number, options: object) {
        checks.assertOptions('second', options, {});
        return x;
      },
    ],
    ['an arrow function', (x: number) => x],
    ['no function', 3],
    ['nothing', undefined],
  ])('lets %s pass', (_, given) => {
    expect(() => checks.assertCalled(given)).not.toThrow();
  });
});

it('names the function that has an option', () => {
  const call = (options: object) =>
    checks.assertOptions('adam', options as { rate?: number }, { rate: finite }, { weightDecay: 'adamW' });
  expect(() => call({ weight_decay: 1 })).toThrow(
    /^adam: there is no option "weight_decay"; weightDecay is an option of adamW. The options are rate$/,
  );
  expect(() => call({ rat: 1 })).toThrow(/did you mean rate\?/);
  expect(() => call({ other: 1 })).toThrow(/^adam: there is no option "other"; the options are rate$/);
});

it.each<[unknown, string | undefined]>([
  [
    [
      [1, 2],
      [3, 4],
    ],
    undefined,
  ],
  [[new Float32Array(2), [1, 2]], undefined],
  [3, undefined],
  [[[1, 2], [3]], 'xs[1] has 1 entry but xs[0] has 2 entries'],
  [[[1, 2], 3], 'xs[1] is a number but xs[0] has 2 entries'],
  [[[1, null]], 'xs[0][1] is null'],
  [[['1', '2']], 'xs[0][0] is "1"'],
  [new Array(1), 'xs[0] is undefined'],
  [[new BigInt64Array(1)], 'xs[0] is a BigInt64Array of 1'],
  [
    [
      [[1], [2]],
      [[3], [4, 5]],
    ],
    'xs[1][1] has 2 entries but xs[1][0] has 1 entry',
  ],
])('findMisfit finds the entry that is wrong: %#', (value, expected) => {
  expect(checks.findMisfit('xs', value)).toBe(expected);
});
