import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { htmlErrors, outsideReferences } from '../../test/check-html';
import { answer, buildCommandLine, emptyFolder, start } from '../../test/command-line';
import { fixtureModel, fixtureResults } from '../../test/fixture-results';
import { acquireLock } from '../run-folder/lock';
import type { RunStatus } from '../run-folder/run-status';

// cspell:ignore finishd

let cli = '';
beforeAll(async () => {
  cli = await buildCommandLine('runs');
});
const run = (args: string, cwd: string) => start(cli, args.split(' ').filter(Boolean), { cwd }).ended;

const header = (createdAt: string) => ({
  schemaVersion: 2,
  createdAt,
  profile: 'quick',
  models: ['cnn', 'vit'],
  seed: 7,
  backend: { name: 'simd', details: {} },
});
const step = {
  type: 'step',
  model: 'cnn',
  step: 12,
  totalSteps: 400,
  epoch: 1,
  loss: 1.5,
  learningRate: 0.1,
};

/** A folder with a run in every state. */
function folderOfRuns(): string {
  const cwd = emptyFolder();
  const write = (name: string, files: Record<string, unknown>) => {
    mkdirSync(join(cwd, 'runs', name), { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(join(cwd, 'runs', name, file), text);
    }
  };
  const log = `${JSON.stringify({ type: 'run', dataset: 'mnist', seed: 7 })}\n${JSON.stringify(step)}\n{"type":"st`;
  write('b-finished', {
    'run.json': header('2026-01-02T00:00:00.000Z'),
    'results.json': fixtureResults(),
    'steps.jsonl': log,
  });
  const models = [{ ...fixtureModel('cnn', 0.8, 1), diverged: true, testAccuracy: null }];
  const webgpu = { name: 'webgpu', details: { adapter: 'Invented' } };
  write('a-later', {
    'results.json': fixtureResults({ createdAt: '2026-01-05T00:00:00.000Z', models, backend: webgpu }),
  });
  write('stopped', { 'run.json': header('2026-01-03T00:00:00.000Z'), 'steps.jsonl': log });
  write('running', { 'run.json': header('2026-01-04T00:00:00.000Z'), 'steps.jsonl': log });
  write('torn', { 'run.json': '{"schemaVersion":', 'steps.jsonl': '' });
  write('other', { 'run.json': header('2026-01-01T00:00:00.000Z'), 'results.json': { schemaVersion: 9 } });
  write('no-run', { 'notes.txt': 'nothing' });
  return cwd;
}

describe('list', () => {
  it('shows every run with its state, by date', async () => {
    const cwd = folderOfRuns();
    const lock = acquireLock(join(cwd, 'runs', 'running'));
    const { code, out } = await run('list --json', cwd);
    const table = await run('list', cwd);
    lock.release();
    expect(code).toBe(0);
    const runs: RunStatus[] = JSON.parse(out);
    expect(runs.map(({ name, state, detail }) => [name, state, detail])).toEqual([
      ['torn', 'damaged', 'run.json is not JSON'],
      ['other', 'damaged', 'results.json has schemaVersion 9'],
      ['b-finished', 'finished', null],
      ['stopped', 'stopped', 'cnn at step 12 of 400'],
      ['running', 'running', `process ${process.pid} on ${os.hostname()}, cnn at step 12 of 400`],
      ['a-later', 'finished', 'cnn diverged'],
    ]);
    expect(runs[2]).toMatchObject({ profile: 'quick', backend: 'simd', seeds: [7] });
    expect(runs[2]!.accuracies.cnn).toBeCloseTo(0.772, 3);
    expect(runs[3]!.accuracies).toEqual({ cnn: null, vit: null });
    expect(table.out).toMatch(
      /b-finished +2026-01-02 00:00 +finished +quick +simd +cnn 77\.22 %, fnn 55\.87 %/,
    );
    expect(table.out).toMatch(/Resume a stopped run with npx @tenfold\/bench --resume RUN\./);
  });

  it('shows runs that cannot be read as damaged, and all others', async () => {
    const cwd = folderOfRuns();
    writeFileSync(join(cwd, 'runs', 'torn', 'run.json'), 'null');
    mkdirSync(join(cwd, 'runs', 'log'));
    writeFileSync(join(cwd, 'runs', 'log', 'run.json'), '{}');
    mkdirSync(join(cwd, 'runs', 'log', 'steps.jsonl'));
    const { code, out } = await answer(['list', '--json'], { cwd });
    expect(code).toBe(0);
    const runs: RunStatus[] = JSON.parse(out);
    expect(runs).toHaveLength(7);
    expect(runs.filter(({ name }) => name === 'torn' || name === 'log')).toMatchObject([
      { name: 'log', state: 'damaged', detail: 'steps.jsonl is a folder, expected a file' },
      { name: 'torn', state: 'damaged', detail: 'run.json is null instead of an object' },
    ]);
    for (const args of ['export --csv log', 'export --csv --epochs log']) {
      expect(await answer(args.split(' '), { cwd })).toMatchObject({
        code: 2,
        err: expect.stringMatching(/export: .*steps\.jsonl is not a file; /),
      });
    }
    expect(await answer(['--resume', 'log'], { cwd })).toMatchObject({
      code: 2,
      err: expect.stringMatching(
        /--resume: .*steps\.jsonl is a folder, expected a file; move it away, and resume the run again/,
      ),
    });
    rmSync(join(cwd, 'runs', 'log', 'run.json'));
    mkdirSync(join(cwd, 'runs', 'log', 'run.json'));
    for (const [name, message] of [
      ['log', /--resume: .*run\.json is a folder, expected a file; restore it, or start a new run/],
      ['torn', /--resume: .*run\.json has schemaVersion undefined/],
    ] as const) {
      expect(await answer(['--resume', name], { cwd })).toMatchObject({
        code: 2,
        err: expect.stringMatching(message),
      });
    }
  });

  it('says when there is none, and when there is no folder', async () => {
    const cwd = emptyFolder();
    expect((await run('list', cwd)).out).toMatch(
      /There are no runs in .*runs\. Run npx @tenfold\/bench to create one/,
    );
    expect(await run('list --json', cwd)).toMatchObject({ code: 0, out: '[]\n' });
    expect(await run('list --dir nowhere', cwd)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/list: --dir: cannot read .*nowhere \(it does not exist\); name a folder/),
    });
  });
});

describe('compare', () => {
  it('prints tables and writes pages', async () => {
    const cwd = folderOfRuns();
    const { code, out } = await run('compare b-finished runs/a-later --out pages/both.html', cwd);
    expect(code).toBe(0);
    expect(out).toMatch(/A +simd +b-finished/);
    expect(out).toMatch(/B +webgpu +a-later/);
    expect(out).toMatch(/backend +simd +≠\u00a0webgpu/);
    expect(out).toMatch(/cnn +77\.22 % +diverged/);
    expect(out).toMatch(/Page: .*both\.html\n$/);
    expect(readFileSync(join(cwd, 'pages', 'both.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect((await run('compare b-finished a-later --out both.md', cwd)).code).toBe(0);
    expect(readFileSync(join(cwd, 'both.md'), 'utf8')).toMatch(/^# Comparison of 2 runs/);
  });

  it.each([
    ['compare b-finished', /got one run, b-finished; expected at least two/],
    ['compare', /missing required argument 'runs'/],
    [
      'compare b-finished stopped',
      /stopped is not finished: it has no results\.json; resume it with --resume/,
    ],
    [
      'compare b-finished other',
      /results\.json is damaged or has another format version: .*schemaVersion is 9/,
    ],
    ['compare b-finished b-finishd', /no run b-finishd in runs\/; expected .*Did you mean b-finished\?/],
    ['compare b-finished runs/no-run', /no-run is not a run folder: it has none of run\.json/],
    [
      'compare b-finished a-later --out both.pdf',
      /--out is 'both\.pdf'; expected a file name that ends in \.html or \.md/,
    ],
    ['compare b-finished a-later --out runs/b-finished/run.json/x.md', /--out: cannot write .*x\.md/],
    ['export b-finished', /export: no format; expected --csv or --svg/],
    ['export --csv --svg b-finished', /export: two formats; expected --csv or --svg/],
    ['export --svg --epochs b-finished', /--epochs applies to --csv/],
    ['export --csv --over flops b-finished', /--over applies to --svg/],
    ['export --svg --over joules b-finished', /energy was not measured in any of these runs/],
    ['export --svg stopped', /stopped is not finished/],
    ['export --csv a-later', /a-later has no steps\.jsonl; --epochs exports the history/],
    ['export --csv --epochs nowhere', /export: there is no .*nowhere and no run nowhere/],
    ['export --csv nowhere:cnn', /export: there is no .*nowhere and no run nowhere/],
    ['export --svg b-finished:vti', /has 'vti' after the colon; expected cnn, .*Did you mean vit\?/],
    ['export --svg b-finished:', /has '' after the colon; expected cnn, /],
    ['export --csv stopped:fnn', /stopped has none of the models after the colon; it has cnn\n/],
    ['export --svg a-later:vit,fnn', /a-later has none of the models after the colon; it has cnn\n/],
  ])('%s', async (args, message) => {
    const { code, out, err } = await answer(args.split(' '), { cwd: folderOfRuns() });
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(message) });
    if (!args.includes('.md')) expect(out).toBe('');
  });
});

describe('export', () => {
  it('writes the steps of several runs, and says what it could not read', async () => {
    const cwd = folderOfRuns();
    const { code, out, err } = await run('export --csv b-finished stopped', cwd);
    expect(code).toBe(0);
    expect(out.split('\r\n')).toEqual([
      'run,dataset,model,seed,step,epoch,loss,learningRate,accuracy,gradientNorm,imagesPerSecond,gflopsPerSecond,dataWait,time',
      'b-finished,mnist,cnn,7,12,1,1.5,0.1,,,,,,',
      'stopped,mnist,cnn,7,12,1,1.5,0.1,,,,,,',
      '',
    ]);
    expect(err.match(/one line could not be read/g)).toHaveLength(2);
  });

  it('writes epochs into a file', async () => {
    const cwd = folderOfRuns();
    const { code, out, err } = await run('export --csv --epochs b-finished --out epochs.csv', cwd);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/epochs\.csv: 24 lines/);
    expect(readFileSync(join(cwd, 'epochs.csv'), 'utf8')).toMatch(
      /^run,dataset,model,seed,epoch,seconds,.*\r\nb-finished,cifar10,cnn,7,1,/,
    );
  });

  it('takes some models of a run alone', async () => {
    const cwd = folderOfRuns();
    const exportedModels = async (args: string) => {
      const { out } = await run(args, cwd);
      return [
        ...new Set(
          out
            .trim()
            .split('\r\n')
            .slice(1)
            .map((line) => line.split(',')[2]),
        ),
      ];
    };
    expect(await exportedModels('export --csv --epochs b-finished:vit')).toEqual(['vit']);
    expect(await exportedModels('export --csv runs/b-finished:cnn,fnn')).toEqual(['cnn']);
    expect(await exportedModels('export --csv b-finished:cnn,vit')).toEqual(['cnn']);
    const { out } = await run('export --svg b-finished:vit a-later', cwd);
    expect(out).toMatch(/>vit</);
    expect(out).toMatch(/>cnn</);
    expect(out).not.toMatch(/cnn, b-finished/);
  });

  it('draws the curves of runs as a picture that needs nothing else', async () => {
    const cwd = folderOfRuns();
    const { code, out } = await run('export --svg b-finished', cwd);
    expect(code).toBe(0);
    expect(out).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(out).toMatch(/>Test accuracy over training time \(%\)</);
    expect(out).toMatch(/>cnn</);
    expect(htmlErrors(out)).toEqual([]);
    expect(outsideReferences(out)).toEqual([]);
    const { err } = await run('export --svg b-finished a-later --over epoch --out both.svg', cwd);
    expect(err).toMatch(/both\.svg\n$/);
    const both = readFileSync(join(cwd, 'both.svg'), 'utf8');
    expect(both).toMatch(/>Test accuracy over epochs \(%\)</);
    expect(both).toMatch(/cnn, b-finished/);
  });
});
