import { decode } from 'fast-png';
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseResults } from '../results';
import { fixtureModel, fixtureResults } from '../test/fixture-results';
import { reportHtml } from './report-html';
import { reportMarkdown } from './report-markdown';

const results = fixtureResults();

describe('report.html', () => {
  let html = '';
  let document: Document;
  beforeAll(async () => {
    html = await reportHtml(results);
    document = parseHTML(html).document;
  });

  it('has all its sections', () => {
    const titles = [...document.querySelectorAll('h2')].map((heading) => heading.textContent);
    expect(titles).toEqual([
      'Results',
      'Beside the paper',
      'Learning curves',
      'Classes',
      'Mistakes',
      'Recipes',
      'What the numbers mean',
      'Run',
    ]);
    for (const link of document.querySelectorAll('nav a')) {
      expect(document.getElementById(link.getAttribute('href')!.slice(1))).not.toBeNull();
    }
  });

  it('needs nothing from a network and runs nothing', () => {
    const policy = document
      .querySelector('meta[http-equiv="Content-Security-Policy"]')
      ?.getAttribute('content');
    expect(policy).toBe("default-src 'none'; img-src data:; style-src 'unsafe-inline'");
    expect(document.querySelectorAll('script, link, iframe, object, embed')).toHaveLength(0);
    expect(html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|url\(|@import|\son\w+=/);
    for (const image of document.querySelectorAll('img')) {
      expect(image.getAttribute('src')).toMatch(/^data:image\/png;base64,/);
    }
  });

  it('says the result, the machine, the seed, the profile and the command', () => {
    const text = document.body.textContent!;
    expect(text).toMatch(/cnn recognises 77\.\d\d % of 10,000 CIFAR-10 test images/);
    for (const part of ['Invented Processor 9000', 'v22.1.0', 'quick profile', results.command, '0123abc']) {
      expect(text).toContain(part);
    }
    for (const sentence of results.paper.leavesOpen) expect(text).toContain(sentence);
  });

  it('draws every curve over epochs and over time, with a title and a description', () => {
    const charts = [...document.querySelectorAll('figure svg')];
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      expect(chart.getAttribute('role')).toBe('img');
      expect(chart.querySelector('title')?.textContent).toMatch(/^Test (accuracy|loss) over /);
      expect(chart.querySelector('desc')?.textContent).toMatch(
        /cnn ends at .*; fnn ends at .*; vit ends at /,
      );
      expect(chart.outerHTML.match(/var\(--model-[123]\)/g)!.length).toBeGreaterThanOrEqual(9);
    }
  });

  it('shows each mistake as the picture that it was', () => {
    const images = document.querySelectorAll('.mistakes img');
    expect(images).toHaveLength(36);
    const source = images[1]!.getAttribute('src')!.split(',')[1]!;
    const { width, height, channels, data } = decode(Buffer.from(source, 'base64'));
    expect({ width, height, channels }).toEqual({ width: 32, height: 32, channels: 3 });
    expect(Buffer.from(data as Uint8Array).toString('base64')).toBe(results.models[0]!.mistakes[1]!.pixels);
    expect(images[1]!.getAttribute('alt')).toBe('test image 17: automobile, taken for deer (98.9 %)');
  });

  it('escapes what comes from outside', async () => {
    const evil = fixtureResults({ command: '<script>alert(1)</script>' });
    expect(await reportHtml(evil)).not.toContain('<script');
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

describe('with little to show', () => {
  it.each([
    ['one epoch', fixtureModel('cnn', 0.4, 1, 1)],
    ['300 epochs', fixtureModel('cnn', 0.9, 1, 300)],
  ])('%s', async (_, model) => {
    const html = await reportHtml(fixtureResults({ models: [model] }));
    expect(html).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('nothing but divergence', async () => {
    const model = {
      ...fixtureModel('cnn', 0.4, 1, 3),
      diverged: true,
      testAccuracy: Number.NaN,
      testLoss: Number.NaN,
    };
    for (const epoch of model.history) {
      Object.assign(epoch, { trainLoss: Number.NaN, testLoss: Number.NaN, testAccuracy: Number.NaN });
    }
    const parsed = parseResults(fixtureResults({ models: [model] }));
    for (const report of [await reportHtml(parsed), reportMarkdown(parsed)]) {
      expect(report).toContain('No model was trained to the end');
      expect(report).not.toMatch(/NaN|undefined|Infinity|null/);
    }
  });
});

it('report.md says the same', () => {
  const markdown = reportMarkdown(results);
  for (const part of [
    'cnn recognises 77.',
    '| cnn | 92.5 % | 77.',
    '### Training time',
    '### Floating-point operations',
    'cnn, epoch by epoch',
    'what images of a class were taken for',
    'test image 17: automobile, taken for deer (98.9 %)',
    'architecture.widths',
    results.command,
    results.paper.leavesOpen[0]!,
  ]) {
    expect(markdown).toContain(part);
  }
});
