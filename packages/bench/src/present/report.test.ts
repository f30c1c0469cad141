import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { htmlErrors, outsideReferences } from '../../test/check-html';
import { fixtureDigits, fixtureModel, fixtureResults } from '../../test/fixture-results';
import { type ModelResult, parseResults, type Results } from '../results/results';
import { reportHtml } from './html/report-html';
import { reportMarkdown } from './text/report-markdown';

const results = fixtureResults();
const sections = [
  'Results',
  'Compared with the paper',
  'Learning curves',
  'Time, operations, energy',
  'Classes',
  'Calibration',
  'Mistakes',
  'Inside the models',
  'Recipes',
  'What the numbers mean',
  'Run',
];

/** The fixture with something else in every model. */
const changed = (change: (model: ModelResult) => Partial<ModelResult>, rest: Partial<Results> = {}) =>
  fixtureResults({ models: results.models.map((model) => ({ ...model, ...change(model) })), ...rest });

async function read(value: Results): Promise<{ html: string; document: Document; text: string }> {
  const html = await reportHtml(value);
  const { document } = parseHTML(html);
  return { html, document, text: document.body.textContent! };
}

describe('report.html', () => {
  let html = '';
  let document: Document;
  let text = '';
  beforeAll(async () => {
    ({ html, document, text } = await read(results));
  });

  it('has all its sections', () => {
    const titles = [...document.querySelectorAll('h2')].map((heading) => heading.textContent);
    expect(titles).toEqual(sections);
    for (const link of document.querySelectorAll('nav a')) {
      expect(document.getElementById(link.getAttribute('href')!.slice(1)) !== null).toBe(true);
    }
  });

  it('needs nothing from a network and runs nothing', () => {
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')
      ?.getAttribute('content');
    expect(policy).toBe("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(outsideReferences(html)).toEqual([]);
  });

  it('says the result, the machine, the seed, the profile and the command', () => {
    expect(text).toMatch(/cnn classifies 77\.\d\d % of 10,000 CIFAR-10 test images/);
    for (const part of ['Invented Processor 9000', 'v22.1.0', 'quick profile', results.command, '0123abc']) {
      expect(text).toContain(part);
    }
    for (const sentence of results.paper.leavesOpen) expect(text).toContain(sentence);
    expect(text).toContain('Nothing was tuned on the test set');
    expect(text).toContain('Best epoch (optimistic)');
  });

  it('draws every curve with a title and a description', () => {
    const charts = [...document.querySelectorAll('figure svg')];
    const titles = charts.map((chart) => chart.querySelector('title')?.textContent);
    expect(titles).toEqual([
      'Test accuracy over epochs',
      'Test accuracy over training time',
      'Test accuracy over executed FLOP',
      'Test loss over epochs',
      'Test loss over training time',
      'Learning rate, in % of its maximum, over steps',
      'Gradient norm before clipping (logarithmic), over steps',
      'Training loss of single steps, over steps',
      'Accuracy over predicted probability',
    ]);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.querySelector('desc')?.textContent).toMatch(/cnn.*; fnn.*; vit/);
      expect(chart.outerHTML.match(/var\(--series-[123]\)/g)!.length).toBeGreaterThanOrEqual(6);
    }
    expect(document.querySelectorAll('.legend').length).toBe(3);
  });

  it('shows each mistake as the picture that it was', () => {
    const images = document.querySelectorAll('.mistakes img');
    expect(images.length).toBe(36);
    const source = images[1]!.getAttribute('src')!.split(',')[1]!;
    const { width, height, channels, data } = decode(Buffer.from(source, 'base64'));
    expect({ width, height, channels }).toEqual({ width: 32, height: 32, channels: 3 });
    expect(Buffer.from(data as Uint8Array).toString('base64')).toBe(results.models[0]!.mistakes[1]!.pixels);
    expect(images[1]!.getAttribute('alt')).toBe('image 17: automobile, predicted as deer (98.9 %)');
  });

  it('escapes what comes from outside', async () => {
    const evil = changed(
      () => ({ pictures: [{ ...results.models[0]!.pictures[0]!, title: '<b onload="x">&' }] }),
      {
        command: '<script>alert(1)</script>',
      },
    );
    const found = await reportHtml(evil);
    expect(outsideReferences(found.replaceAll('&lt;b onload=', ''))).toEqual([]);
    expect(htmlErrors(found)).toEqual([]);
  });

  it('stays below 1.5 MB with five models of 24 mistakes', async () => {
    const names = ['cnn', 'fnn', 'rnn', 'vit', 'vit-hybrid'];
    const models = names.map((name, i) => {
      const model = fixtureModel(name, 0.6, i + 1);
      return { ...model, mistakes: [...model.mistakes, ...model.mistakes] };
    });
    expect((await reportHtml(fixtureResults({ models }))).length).toBeLessThan(1.5e6);
  });
});

const grayTile = Buffer.from([0, 85, 170, 255]).toString('base64');
const secondSeed = (model: ModelResult): ModelResult => ({
  ...fixtureModel(model.name, 0.7, 4),
  seed: 8,
});

/** A run, and what its report says and does not say because of it. */
const cases: [name: string, value: Results, says: RegExp[], silent: RegExp[]][] = [
  [
    'all there is',
    results,
    [/6 views of each image, the image and its mirror/, /Reliab|Expected calibration error/],
    [],
  ],
  [
    'energy',
    changed(({ history }) => ({
      energyJoules: 5400,
      energyReason: 'RAPL, package-0',
      history: history.map((epoch) => ({ ...epoch, joules: 700 * epoch.epoch })),
    })),
    [/Test accuracy over energy/, /5\.4 kJ/, /Energy: RAPL, package-0\./],
    [/over energy is not drawn/, /not measured/],
  ],
  [
    'no energy',
    results,
    [/Energy was not measured: this machine has no counter that may be read\./],
    [/Energy: RAPL/],
  ],
  [
    'no FLOPs by epoch',
    changed(({ history }) => ({ history: history.map((epoch) => ({ ...epoch, flops: null })) })),
    [],
    [],
  ],
  ['no views', changed(() => ({ views: null })), [/All models|Results/], [/With TTA \(/]],
  [
    'no calibration',
    changed(() => ({ calibration: null })),
    [/did not measure calibration/],
    [/Reliability/],
  ],
  [
    'no pictures',
    changed(() => ({ pictures: [] })),
    [/have no pictures of the models/],
    [/Filters of the first layer/],
  ],
  [
    'gray pictures with captions',
    changed(() => ({
      pictures: [
        {
          title: 'Attention',
          height: 2,
          width: 2,
          channels: 1,
          pixels: [grayTile],
          captions: ['cat as dog'],
        },
      ],
    })),
    [/Attention/, /cat as dog|As pictures/],
    [],
  ],
  ['no steps', changed(() => ({ steps: [] })), [], [/step by step/]],
  ['no inference', changed(() => ({ inference: [] })), [/Inference was not timed/], []],
  ['no forecast', changed(() => ({ forecastSeconds: null })), [/made no forecast/], []],
  [
    'no peak',
    changed(() => ({ peakFraction: null }), { peak: null }),
    [/peak of this machine was not measured/],
    [],
  ],
  [
    'a tuned recipe',
    changed(({ recipe }) => ({ recipe: { ...recipe, tuning: 'the rate, of three' } })),
    [/held-out training images\. cnn: the rate, of three/],
    [],
  ],
  [
    'more than the peak',
    changed(() => ({ peakFraction: 1.2 })),
    [/above 100 % of the peak occur because convolutions count as direct/],
    [],
  ],
  [
    'a model left out',
    changed(() => ({}), {
      leftOut: [{ name: 'rnn', seed: 0, reason: 'out of memory for a tensor of 9 MiB.' }],
    }),
    [
      /rnn did not fit in memory: out of memory for a tensor of 9 MiB\. Set a smaller batch with --set rnn\.batchSize/,
    ],
    [],
  ],
  ['no mistakes', changed(() => ({ mistakes: [] })), [], []],
  [
    'pictures left out',
    changed(({ mistakes }) => ({ mistakes: mistakes.map((mistake) => ({ ...mistake, pixels: null })) })),
    [],
    [],
  ],
  [
    'one model of one epoch',
    fixtureResults({ models: [fixtureModel('cnn', 0.4, 1, 1)] }),
    [/cnn classifies/, /of training, 1 epoch|1 epoch\./],
    [/1 epochs/],
  ],
  [
    'one model of 300 epochs',
    fixtureResults({ models: [fixtureModel('cnn', 0.9, 1, 300)] }),
    [/cnn classifies/],
    [],
  ],
  [
    'held-out images',
    fixtureResults({ heldOut: 5000 }),
    [/of 5,000 held-out CIFAR-10 training images/, /instead of on the test set/, /Held-out accuracy/],
    [/of 10,000 CIFAR-10 test images/],
  ],
  [
    'two seeds',
    fixtureResults({ seeds: [7, 8], models: results.models.flatMap((model) => [model, secondSeed(model)]) }),
    [/± \d\.\d\d %/, /\(2 seeds\)/, /over 2 seeds/, /cnn, seed 8, epoch by epoch/],
    [/One run per model/],
  ],
];

describe.each(cases)('with %s', (_, value, says, silent) => {
  it('has every section, is well-formed and needs no network', async () => {
    const { html, document, text } = await read(parseResults(value));
    const bodies = [...document.querySelectorAll('section')];
    expect(bodies.map((section) => section.querySelector('h2')!.textContent)).toEqual(sections);
    for (const section of bodies) expect(section.textContent!.length).toBeGreaterThan(40);
    expect(htmlErrors(html)).toEqual([]);
    expect(outsideReferences(html)).toEqual([]);
    for (const words of says) expect(text).toMatch(words);
    for (const words of silent) expect(text).not.toMatch(words);
    expect(text.replaceAll('null', '\0null')).not.toMatch(/NaN|undefined|Infinity|\0null/);
    for (const section of sections) expect(reportMarkdown(value)).toContain(`\n## ${section}\n`);
    expect(reportMarkdown(value)).not.toMatch(/NaN|undefined|Infinity|null/);
  });
});

it.each([
  ['of a dataset that the paper does not have', fixtureDigits()],
  ['of a model that the paper does not have', fixtureResults({ models: [fixtureModel('rnn', 0.7, 1)] })],
])('a report %s has nothing of the paper', async (_, value) => {
  const { html, document, text } = await read(value);
  const titles = [...document.querySelectorAll('h2')].map((heading) => heading.textContent);
  const expected = sections.filter((title) => title !== 'Compared with the paper');
  expect(titles).toEqual(expected);
  expect([...document.querySelectorAll('nav a')]).toHaveLength(expected.length);
  expect(htmlErrors(html)).toEqual([]);
  for (const report of [text, reportMarkdown(value)]) {
    expect(report).not.toMatch(/paper/i);
    expect(report).toMatch(/Floating-point operations/); // in the section on costs
    expect(report).toMatch(/With TTA .*6 views of each image, the image and its mirror/); // below the results
  }
});

describe('when losses diverge', () => {
  const broken = (): ModelResult => {
    const model = fixtureModel('cnn', 0.4, 1, 3);
    const history = model.history.map((epoch) => ({
      ...epoch,
      trainLoss: null,
      testLoss: null,
      testAccuracy: null,
    }));
    return {
      ...model,
      ...{ history, diverged: true, testAccuracy: null, testLoss: null, views: null, calibration: null },
      steps: model.steps.map((step) => ({ ...step, loss: null, gradientNorm: null })),
      confusionMatrix: [],
      perClassAccuracy: [],
      mistakes: [],
    };
  };

  it('of all models, both reports say so', async () => {
    const value = fixtureResults({ models: [broken()] });
    const html = await reportHtml(value);
    expect(htmlErrors(html)).toEqual([]);
    for (const report of [html, reportMarkdown(value)]) {
      expect(report).toContain('No model was trained to the end');
      expect(report).not.toMatch(/NaN|undefined|Infinity|null/);
    }
  });

  it('of one of two, the other is the result', async () => {
    const value = fixtureResults({ models: [broken(), fixtureModel('vit', 0.6, 2)] });
    const { text } = await read(value);
    expect(text).toMatch(/vit classifies/);
    expect(text).toMatch(/Training of cnn diverged: its loss was not finite/);
    expect(text).toMatch(/cnn: no predictions/);
  });
});

it('report.md says the same', () => {
  const markdown = reportMarkdown(results);
  for (const part of [
    'cnn classifies 77.',
    '| cnn | 92.5 % | 77.',
    '### Training time',
    '### Floating-point operations',
    'cnn, epoch by epoch',
    'Confusion matrix of ',
    'image 17: automobile, predicted as deer (98.9 %)',
    'architecture.widths',
    'Filters of the first layer',
    'Expected calibration error',
    results.command,
    results.paper.leavesOpen[0]!,
  ]) {
    expect(markdown).toContain(part);
  }
});
