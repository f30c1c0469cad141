import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { mnist } from '@tenfold/datasets';
import { beforeAll, describe, expect, it } from 'vitest';
import { answer, buildCommandLine, emptyFolder, start } from '../../test/command-line';
import { parseResults } from '../results/results';

// cspell:ignore sede quik mnits
// The real command line as a separate process; what would train for minutes is replaced by a fixture of a second.
const slowComparison = `
import { fixtureResults } from '../../test/fixture-results';
export async function trainAll(options, listener) {
  const [{ epochs }] = options.recipes;
  const seed = options.seeds[0];
  listener({ type: 'modelStart', model: 'cnn', seed, description: 'invented', parameters: 1e6, forwardFlopsPerImage: 1e8, epochs, totalSteps: epochs, modelIndex: 0, modelCount: 1 });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    listener({ type: 'step', model: 'cnn', seed, epoch, epochs, step: epoch, totalSteps: epochs, loss: 1, accuracy: .5, learningRate: .1, imagesPerSecond: 100, gflopsPerSecond: 1, secondsLeft: 1, dataWait: 0 });
    if (seed === 13) throw new Error('trainAll: invented failure');
    await new Promise((resolve) => setTimeout(resolve, 100));
    options.signal.throwIfAborted();
    listener({ type: 'epoch', model: 'cnn', seed, images: 'test', epoch, epochs, trainLoss: 1, trainAccuracy: .5, testLoss: 1, testAccuracy: .5, seconds: 1, imagesPerSecond: 100 });
  }
  return fixtureResults({ command: options.command, seeds: options.seeds });
}`;

let cli = '';
beforeAll(async () => {
  cli = await buildCommandLine('cli', { 'run/train-all': slowComparison });
});

const run = async (args: string, cwd = emptyFolder(), env: NodeJS.ProcessEnv = {}) => ({
  cwd,
  ...(await start(cli, args.split(' ').filter(Boolean), { cwd, env }).ended),
});

it('has a line in the README for every option of every command', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const helps = await Promise.all(
    ['', 'step', 'serve', 'doctor', 'list', 'compare', 'export'].map((name) => run(`${name} --help`)),
  );
  const options = new Set(helps.flatMap(({ out }) => out.match(/--[a-z][\w-]+/g) ?? []));
  expect([...options].filter((option) => !readme.includes(option))).toEqual([]);
  expect(options).toContain('--dataset');
});

describe('what cannot be done as asked', () => {
  it.each([
    ['--sede 3', /unknown option '--sede'[\s\S]*Did you mean --seed/],
    [
      'stpe',
      /unknown command 'stpe'; expected step, serve, doctor, list, compare or export.*Did you mean step\?/,
    ],
    ['--models cnn,vti', /'cnn,vti' is invalid\. Expected cnn, fnn, .* or vit-hybrid\. Did you mean vit\?/],
    ['--dataset mnits', /'mnits' is invalid\. Expected cifar10 or mnist\. Did you mean mnist\?/],
    ['--models cnn,cnn', /'cnn' is listed twice/],
    ['--models cnn,', /separated by single commas/],
    ['--epochs 0', /'0' is invalid\. Expected a whole number of at least 1/],
    ['--epochs 1.5', /'1\.5' is invalid/],
    ['--held-out 40001', /'40001' is invalid\. Expected a whole number from 0 to 40000/],
    ['--seeds 0', /'0' is invalid\. Expected a whole number from 1 to 1000/],
    ['--seed 9007199254740991 --seeds 2', /--seed is 9007199254740991 and --seeds 2; .* at most/],
    ['--seed -1', /'-1' is invalid/],
    ['--epochs', /argument missing/],
    ['--profile quik', /'quik' is invalid. Expected quick, hour or paper. Did you mean quick\?/],
    ['--set cnn.epoch=3', /--set: cnn has no 'epoch'; expected model, .*epochs.* Did you mean epochs\?/],
    ['--set cnn.epochs=no', /--set: cnn\.epochs is 'no'; expected number/],
    ['--set cn.epochs=3', /--set: 'cn' is not a model; expected cnn, .* Did you mean cnn\?/],
    ['--set cnn.epochs=3 --models fnn', /--set: a value of cnn is overridden, but only fnn will be trained/],
    ['--recipes none.json', /--recipes: .*none\.json cannot be read \(ENOENT\)/],
    ['--backend gpu', /'gpu' is invalid\. Expected node-gpu, .*Did you mean node-gpu\?/],
    ['--backend cpu --threads 2', /--threads is 2, but the cpu backend has no threads/],
    [
      'step',
      /required option '-m, --model <name>' not specified[\s\S]*Try 'npx @tenfold\/bench step --help'/,
    ],
    ['step --models cnn', /step: there is no option --models, .*; did you mean --model\?/],
    ['step --model cnn --widths 1,2', /--widths is '1,2' for cnn; expected three numbers/],
    ['step --model cnn --dataset mnits', /'mnits' is invalid\. Expected cifar10 or mnist\. Did you mean/],
    ['step --model cnn --batch 0', /whole number from 1 to 65536/],
    ['doctor everything', /too many arguments/],
  ])('%s', async (args, message) => {
    const cwd = emptyFolder();
    const { code, out, err } = await answer(args.split(' '), { cwd });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err.match(/tenfold-bench:/g)).toHaveLength(1);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([
    ['--out', ''],
    ['--out', ' '],
    ['--out='],
    ['-o', ''],
    ['--resume', ''],
    ['--cache', ''],
    ['--recipes', ''],
    ['--set', ''],
    ['serve', '--cache', ''],
    ['doctor', '--cache', ''],
    ['list', '--dir', ''],
    ['compare', ''],
    ['compare', 'old', ''],
    ['compare', 'old', 'old', '--out', ''],
    ['export', '', '--csv'],
    ['export', 'old', '--csv', '--out', ''],
  ])('an empty text, as of an unset variable: %j %j', async (...args) => {
    const cwd = emptyFolder();
    const { code, out, err } = await answer(args, { cwd });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/' ?' is invalid.* Expected a text that is not empty\./);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('ends a process with the same answer as above', async () => {
    const { cwd, ...alone } = await run('--models cnn,vti');
    expect(alone).toEqual(await answer(['--models', 'cnn,vti'], { cwd }));
    expect(alone.code).toBe(2);
  });

  it('a backend that is not installed', async () => {
    const { code, err, cwd } = await run('--backend node');
    expect(code).toBe(2);
    expect(err).toMatch(
      /--backend is 'node'; @tensorflow\/tfjs-node is not installed\. To fix it: npm install .*@tensorflow\/tfjs-node$/m,
    );
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('an output folder that has a run', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'old'));
    writeFileSync(join(cwd, 'old', 'results.json'), '{}');
    const { code, err } = await run('--out old --backend cpu', cwd);
    expect(code).toBe(2);
    expect(err).toMatch(/--out: .*old already has a run; name a folder that is new or empty/);
    expect(readFileSync(join(cwd, 'old', 'results.json'), 'utf8')).toBe('{}');
  });

  it.each(['--out file/run', '--out file', '--cache file/cache'])(
    'a folder that cannot be: %s',
    async (args) => {
      const cwd = emptyFolder();
      writeFileSync(join(cwd, 'file'), '');
      const { code, err } = await run(`${args} --backend cpu`, cwd);
      expect(code).toBe(2);
      expect(err).toMatch(
        /(--out|--cache): cannot (read|write into) .*file.* \((part of the path is a file|.*)\); name a/,
      );
      expect(readdirSync(cwd)).toEqual(['file']);
    },
  );

  it.runIf(process.platform === 'linux')('a folder below /proc, where nothing can be made', async () => {
    const { code, err } = await run('--cache /proc/tenfold --backend cpu');
    expect(code).toBe(2);
    expect(err).toMatch(/--cache: cannot write into \/proc\/tenfold/);
  });
});

describe('a comparison', () => {
  it('writes results and reports and prints the three tables and where the report is', async () => {
    const { code, out, err, cwd } = await run('--backend cpu --out here --epochs 2 --seed 5');
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining('cnn, seed 5, epoch 2/2') });
    expect(readdirSync(join(cwd, 'here')).sort()).toEqual(
      ['report.html', 'report.md', 'results.json', 'run.json', 'steps.jsonl'].sort(),
    );
    const results = parseResults(JSON.parse(readFileSync(join(cwd, 'here', 'results.json'), 'utf8')));
    expect(results.backend.name).toBe('cpu');
    expect(results.command).toBe(
      'npx @tenfold/bench --profile quick --models cnn,fnn,rnn,vit --backend cpu --seed 5 --epochs 2',
    );
    for (const title of [
      'Accuracy on 10,000 CIFAR-10 test images',
      'Training time',
      'Training time, forecast and actual',
      'Floating-point operations',
    ]) {
      expect(out).toContain(title);
    }
    expect(out.trimEnd()).toMatch(/Report: .*here[\\/]report\.html$/);
    const lines = readFileSync(join(cwd, 'here', 'steps.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line).type)).toEqual([
      'run',
      'modelStart',
      'step',
      'epoch',
      'step',
      'epoch',
      'end',
    ]);
  });

  it('goes by what the command line and a file set, and spells it out in its command', async () => {
    const cwd = emptyFolder();
    writeFileSync(
      join(cwd, 'mine.json'),
      JSON.stringify({ cnn: { epochs: 7, augmentation: { flip: 'none' } }, vit: { epochs: 3 } }),
    );
    const args =
      '--backend cpu --out a --models cnn --recipes mine.json --set cnn.epochs=9 --set cnn.architecture.widths=8,8,16';
    expect(await run(args, cwd)).toMatchObject({ code: 0 });
    const record = (name: string) => JSON.parse(readFileSync(join(cwd, name, 'run.json'), 'utf8'));
    const { recipes, command } = record('a');
    expect(recipes).toEqual([
      expect.objectContaining({
        epochs: 9,
        architecture: { widths: [8, 8, 16] },
        augmentation: { shift: 2, flip: 'none', cutout: 0 },
      }),
    ]);
    const again = command.replace('npx @tenfold/bench ', '');
    expect(await run(`${again} --out b`, cwd)).toMatchObject({ code: 0 });
    expect(record('b').recipes).toEqual(recipes);
  });

  it('names its folder by time, profile and backend', async () => {
    const { code, cwd } = await run('--backend cpu');
    expect(code).toBe(0);
    expect(readdirSync(join(cwd, 'runs'))).toEqual([
      expect.stringMatching(/^\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-quick-cpu$/),
    ]);
  });

  it('writes neither colors nor carriage returns into a pipe', async () => {
    const { out, err } = await run('--backend cpu');
    for (const control of ['\r', '\u001b']) expect(out + err).not.toContain(control);
  });

  it('that fails ends with 1 and leaves nothing when no epoch was finished', async () => {
    const { code, err, cwd } = await run('--backend cpu --seed 13 --out here');
    expect(code).toBe(1);
    expect(err).toMatch(/tenfold-bench: trainAll: invented failure/);
    expect(existsSync(join(cwd, 'here'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')(
    'that is interrupted, by npm twice, ends with 130 and keeps its log',
    async () => {
      const cwd = emptyFolder();
      const { child, ended } = start(cli, ['--backend', 'cpu', '--epochs', '100', '--out', 'here'], { cwd });
      await new Promise<void>((resolve) => {
        child.stderr!.on('data', (chunk) => {
          if (String(chunk).includes('epoch 2/100')) resolve();
        });
      });
      child.kill('SIGINT');
      child.kill('SIGINT');
      const { code, err } = await ended;
      expect(code).toBe(130);
      expect(err).toMatch(/saving after this step/);
      expect(readdirSync(join(cwd, 'here'))).toEqual(['run.json', 'steps.jsonl']);
      expect(err).toMatch(/To resume: npx @tenfold\/bench --resume .*here\n/);
      const last = readFileSync(join(cwd, 'here', 'steps.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1)!;
      expect(JSON.parse(last)).toMatchObject({ type: 'end', reason: 'interrupted' });
    },
  );
});

// What a shell makes of the streams; the full disk is Linux's.
describe.skipIf(process.platform !== 'linux')('outputs that are closed or full', () => {
  const statusOfFirst = 'exit $PIPESTATUS'; // bash: of the first of the pipe
  const shell = (command: string, cwd = emptyFolder()) => {
    const script = `${process.execPath} ${cli} ${command}`;
    const env = { ...process.env, NO_COLOR: '1', TENFOLD_CACHE: join(cwd, 'cache') };
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script], { cwd, env, encoding: 'utf8' });
    return { status, stdout, stderr, cwd };
  };
  const trained = (cwd: string) =>
    parseResults(JSON.parse(readFileSync(join(cwd, 'a', 'results.json'), 'utf8')));

  it.each([
    [`2>&1 | head -1; ${statusOfFirst}`, 0],
    ['2> /dev/full', 3],
    ['> /dev/full', 3],
    ['> /dev/full 2>&1', 3],
    [`2>&1 | head -0; ${statusOfFirst}`, 0],
  ])('training continues and is saved: %s', (redirection, expected) => {
    const { status, stderr, stdout, cwd } = shell(`--backend cpu --epochs 2 --out a ${redirection}`);
    expect(stdout + stderr).not.toMatch(/Unhandled|at .*node:/);
    expect(status).toBe(expected);
    expect(trained(cwd).models).toHaveLength(3);
  });

  it.each(['--help', 'list', 'list --json'])('%s ends cleanly', (command) => {
    const full = shell(`${command} > /dev/full`);
    expect(full).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/^tenfold-bench: .*disk is full\n$/),
    });
    expect(shell(`${command} | head -0; ${statusOfFirst}`)).toMatchObject({ status: 0, stderr: '' });
  });
});

// Node offers relaxed SIMD without a flag since version 22.
const hasRelaxedSimd = () => Number.parseInt(process.versions.node, 10) >= 22;

describe('the other commands', () => {
  it('--help names every command and option, --version the version', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const word of [
      'step',
      'doctor',
      '--profile',
      '--models',
      '--backend',
      '--seed',
      '--out',
      '--cache',
    ]) {
      expect(out).toContain(word);
    }
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('doctor says of every backend whether it trains here', async () => {
    const { code, out } = await run('doctor');
    expect(code).toBe(0);
    expect(out).toMatch(
      /no {2}node-gpu[\s\S]*why: .*not installed\n +fix: npm install --prefix \S+ @tensorflow\/tfjs-node-gpu$/m,
    );
    expect(out).toMatch(
      /yes simd .*<- the default; --backend overrides it\n +variant (baseline|relaxed|wide), threads \d, v8Flags (none|--experimental-wasm-\S+)/,
    );
    expect(out).toMatch(/peak [\d.,]+ GFLOP\/s: best of an FMA loop and \d+×\d+ matmul/);
    expect(out).toMatch(/peak [\d.,]+ GFLOP\/s: best of \d+×\d+ matmul/);
    expect(out).toMatch(/Energy measurement\n {2}processor: .*RAPL.*\n {2}GPU: .*nvidia-smi/);
    expect(out).toMatch(/yes cpu/);
    expect(out).toMatch(/cifar10: does not exist yet/);
    expect(out).toMatch(/mnist: does not exist yet/);
  });

  it('doctor --json is one object', async () => {
    const { best, backends, caches, energy } = JSON.parse((await run('doctor --json')).out);
    expect(best).toBe('simd');
    expect(backends).toHaveLength(5);
    expect(backends[3].peak.gflopsPerSecond).toBeGreaterThan(backends[4].peak.gflopsPerSecond);
    expect(energy).toEqual({ processor: expect.any(String), gpu: expect.any(String) });
    expect(caches.map(({ dataset }: { dataset: string }) => dataset)).toEqual(['cifar10', 'mnist']);
    expect(caches[1].freeBytes).toBeGreaterThan(0);
  });

  it.skipIf(process.platform === 'win32')('serve says which datasets it brings along', async () => {
    const [page, cwd] = [join(dirname(cli), 'page'), emptyFolder()];
    const digits = join(cwd, 'cache', 'mnist');
    for (const folder of [page, digits]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(page, 'index.html'), 'the page');
    for (const { file } of mnist.parts) writeFileSync(join(digits, file), '');
    const { child, ended } = start(cli, ['serve', '--port', '0'], { cwd });
    await new Promise<void>((resolve) => {
      child.stderr!.on('data', (chunk) => {
        if (String(chunk).includes('Ctrl-C')) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^http:\/\/localhost:\d+\/\n$/) });
    expect(err).toContain(
      'CIFAR-10 is not on this machine yet; the page downloads it.\nMNIST is served from this machine.\nPress Ctrl-C to stop.\n',
    );
  });

  it('step --json measures the model that it is told', async () => {
    const { code, out } = await run(
      'step --model fnn --widths 16,8 --backend cpu --batch 4 --steps 2 --json',
    );
    expect(code).toBe(0);
    const step = JSON.parse(out);
    expect(step).toMatchObject({ model: 'fnn', dataset: 'cifar10', backend: 'cpu', batchSize: 4, steps: 2 });
    expect(step.imagesPerSecond).toBeGreaterThan(0);
    expect(step.flopsPerStep).toBe(2 * 4 * (2 * 3072 * 16 + 3 * (16 * 8 + 8 * 10)));
    expect(step.peakFraction).toBeCloseTo(step.gflops / step.peak.gflopsPerSecond, 12);
    expect(step.parameters).toBeLessThan(60_000);
  });

  it('step takes the images of the dataset that it is told', async () => {
    const { code, out } = await run(
      'step --model fnn --dataset mnist --widths 16,8 --backend cpu --batch 4 --steps 1',
    );
    expect(code).toBe(0);
    expect(out).toContain('fnn on cpu, MNIST');
    expect(out).toMatch(/forward FLOP per image +25,504/); // 2 · (784·16 + 16·8 + 8·10)
  });

  it("step sets V8's flags where this Node has any to gain from, unless an option turns that off", async () => {
    const details = async (option: string) => {
      const { out } = await run(
        `step --model fnn --widths 16 --backend simd --batch 4 --steps 1 --json${option}`,
      );
      return JSON.parse(out).backendDetails;
    };
    const isOld = !hasRelaxedSimd();
    expect(await details(' --no-v8-flags')).toMatchObject({
      v8Flags: 'none',
      variant: isOld ? 'baseline' : 'relaxed',
    });
    if (isOld) {
      const relaxed = { v8Flags: '--experimental-wasm-relaxed-simd', variant: 'relaxed' };
      expect(await details('')).toMatchObject(relaxed);
    }
  });
});
