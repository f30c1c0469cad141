import { describe, expect, it } from 'vitest';
import { hour, quick } from '../../test/recipes';
import { applyOverrides, OverrideError, overrideText, parseOverride, readOverrides } from './overrides';

const set = (...texts: string[]) => applyOverrides(hour.cnn, texts.map(parseOverride));

describe('what is set', () => {
  it('takes the place of the value there and of nothing else', () => {
    const before = structuredClone(hour.cnn);
    expect(set('cnn.epochs=9', 'cnn.architecture.widths=64,128,128', 'cnn.testViews=1')).toEqual({
      ...hour.cnn,
      epochs: 9,
      architecture: { widths: [64, 128, 128] },
      testViews: 1,
    });
    expect(hour.cnn).toEqual(before);
  });

  it('reaches into lists and below them', () => {
    const { groups } = set('cnn.optimizer.groups.0.learningRate.from=0.15').optimizer;
    expect(groups[0]).toEqual({
      ...hour.cnn.optimizer.groups[0],
      learningRate: { schedule: 'linear', from: 0.15, to: 0 },
    });
    expect(groups.slice(1)).toEqual(hour.cnn.optimizer.groups.slice(1));
  });

  it('drops the tuning note of an optimizer that was not tuned', () => {
    const tuned = { ...hour.cnn, tuning: 'the rate, of three' };
    const tuningAfter = (...texts: string[]) => applyOverrides(tuned, texts.map(parseOverride)).tuning;
    expect(tuningAfter('cnn.epochs=9')).toBe('the rate, of three');
    expect(tuningAfter('cnn.optimizer.maxNorm=1')).toBeUndefined();
    expect(tuningAfter('cnn.optimizer.maxNorm=1', 'cnn.tuning=the norm')).toBe('the norm');
  });

  it('may be what the recipe left out, null, a word, or a whole object', () => {
    const { architecture, augmentation, optimizer } = set(
      'cnn.architecture.logitScale=0.2',
      'cnn.augmentation.flip=random',
      'cnn.optimizer.maxNorm=1.5',
      'cnn.optimizer.groups.1.learningRate={"schedule":"cosine","peak":0.5,"warmupFraction":0.1}',
    );
    expect(architecture).toEqual({ ...hour.cnn.architecture, logitScale: 0.2 });
    expect(augmentation.flip).toBe('random');
    expect(optimizer.maxNorm).toBe(1.5);
    expect(optimizer.groups[1]!.learningRate).toEqual({ schedule: 'cosine', peak: 0.5, warmupFraction: 0.1 });
  });

  it('is checked when all is set, so that two values may need each other', () => {
    expect(set('cnn.optimizer.groups.0.learningRate=0.1', 'cnn.epochs=2').epochs).toBe(2);
    expect(set('cnn.epochs=0', 'cnn.epochs=2').epochs).toBe(2);
  });

  it('of another model does not count', () => {
    expect(applyOverrides(quick.fnn, [parseOverride('cnn.epochs=9')])).toEqual(quick.fnn);
  });
});

describe('what cannot be set', () => {
  it.each([
    ['cnn.epoch=9', "cnn has no 'epoch'; expected model, architecture, epochs, .* Did you mean epochs\\?"],
    ['cnn.Epochs=9', 'Did you mean epochs\\?'],
    [
      'cnn.architecture.widht=1',
      "cnn.architecture has no 'widht'; expected widths, logitScale. Did you mean widths\\?",
    ],
    ['cnn.optimizer.groups.7.rule=sgd', "cnn.optimizer.groups has no '7'; expected 0, 1, 2, 3\\."],
    [
      'cnn.optimizer.groups.0.learningRate.form=1',
      'learningRate has no .form.; expected schedule, from, to, warmupFraction. Did you mean from\\?',
    ],
    [
      'cnn.optimizer.groups.0.beta1=0.9',
      "groups.0 has no 'beta1'; expected rule, match, .*newtonSchulzSteps, normalizeWeights",
    ],
    ['cnn.epochs=nine', "cnn.epochs is 'nine'; expected number, received string"],
    ['cnn.epochs=1.5', 'cnn.epochs is 1.5; expected int'],
    ['cnn.epochs=0', 'cnn.epochs is 0; too small'],
    ['cnn.epochs.more=0', `cnn.epochs is ${hour.cnn.epochs}, which has no more; set cnn.epochs itself`],
    ['cnn.architecture.widths=64,128', 'cnn.architecture.widths is \\[64,128\\]; too small'],
    ['cnn.architecture.widths=64,a,128', "cnn.architecture.widths.1 is 'a'; expected number"],
    ['cnn.architecture={"sizes":[3]}', "cnn.architecture has no 'sizes'; expected widths, logitScale"],
    ['cnn.testViews=2', 'cnn.testViews is 2; expected 1 or'],
    ['cnn.optimizer.groups.0.learningRate=fast', "learningRate is 'fast'; expected number or object"],
    [
      'cnn.optimizer.groups.0.learningRate={"schedule":"cosine","peak":"high","warmupFraction":0}',
      "learningRate.peak is 'high'; expected number",
    ],
    [
      'cnn.optimizer.groups.0.learningRate={"schedule":"step"}',
      "learningRate.schedule is 'step'; expected 'linear' \\| 'cosine'",
    ],
    ['cnn.optimizer.groups.0.match=(', "groups.0.match is '\\('; expected a regular expression"],
    ['cnn.augmentation.flip=mirror', "cnn.augmentation.flip is 'mirror'; expected one of"],
    ['cnn.model=fnn', "cnn.model is 'fnn'; a recipe cannot change its model"],
  ])('%s', (text, message) => {
    expect(() => set(text)).toThrow(new RegExp(message));
  });

  it.each(['cnn.epochs', 'cnn=3', '=3', 'cnn..epochs=3', ''])("'%s' is not KEY=VALUE", (text) => {
    expect(() => parseOverride(text)).toThrow(
      /is not an override; expected MODEL\.KEY=VALUE, such as cnn\.epochs=9/,
    );
  });

  it('a model that is none', () => {
    expect(() => parseOverride('vti.epochs=3')).toThrow(
      /'vti' is not a model; expected cnn, .* Did you mean vit\?/,
    );
  });
});

it.each([
  ['rnn.architecture.units=96', /rnn\.architecture\.units is 96; expected no value, since reads is grid/],
  [
    'rnn.architecture.reads=rows',
    /rnn\.architecture\.patchSize is 4; expected no value, since reads is rows/,
  ],
])('%s asks for what the other way of reading has', (text, message) => {
  expect(() => applyOverrides(hour.rnn, [parseOverride(text)])).toThrow(message);
});

describe('a file', () => {
  const file = {
    cnn: {
      epochs: 3,
      architecture: { widths: [8, 8, 8] },
      optimizer: { groups: [hour.cnn.optimizer.groups[0]!] },
    },
  };

  it('says the same as the texts of its overrides', () => {
    const overrides = readOverrides(JSON.parse(JSON.stringify(file)));
    const recipe = applyOverrides(hour.cnn, overrides);
    expect(recipe).toMatchObject(file.cnn);
    expect(recipe.optimizer.groups).toHaveLength(1);
    expect(overrides.map((override) => parseOverride(overrideText(override)))).toEqual(overrides);
  });

  it.each([
    [[], /the file holds \[\]; expected an object such as/],
    [{ cnn: 3 }, /cnn is 3; expected an object such as/],
    [{ cmn: { epochs: 3 } }, /'cmn' is not a model.* Did you mean cnn\?/],
  ])('%j is refused', (value, message) => {
    expect(() => readOverrides(value)).toThrow(message);
  });
});

it.each(['a,b', '3', 'word', '[1]', 'true', ' spaced ', '', null, [7], [1, 2], 1e-9])(
  '%j comes back as it was',
  (value) => {
    const override = { model: 'cnn' as const, path: ['a'], value };
    expect(parseOverride(overrideText(override))).toEqual(override);
  },
);

describe('values nested deeper than any recipe', () => {
  const deep = `${'['.repeat(20_000)}1${']'.repeat(20_000)}`;
  const deepObject = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;

  it('are refused on the command line', () => {
    expect(() => parseOverride(`cnn.architecture.widths=${deep}`)).toThrow(
      'cnn.architecture.widths has more than 16 levels of lists and objects; recipes are never nested so deeply',
    );
  });

  it('are refused in a file', () => {
    expect(() => readOverrides(JSON.parse(`{ "cnn": ${deepObject} }`))).toThrow(
      /the file has more than 16 levels/,
    );
    expect(() => readOverrides(JSON.parse(deep))).toThrow(OverrideError);
  });
});
