// Runs the specs that tfjs-core ships (dist/**/*_test.js) on one backend, or the table of kernels' cases (tools/kernel-cases):
//   node tools/conformance/run.mjs --backend cpu|simd|webgpu [--cases] [--filter NAME] [--threads N] [--flags]
// --flags turns on the experimental features of V8 that the simd backend knows.
import { parseArgs } from 'node:util';
import Jasmine from 'jasmine';
import { backendNames, bundle, loadCases } from './bundle.mjs';

/** The exit code for a stage that cannot run on this machine. */
const CANNOT_RUN = 3;
/** tfjs-core 4.22 ships 4232 specs; a run that finds fewer than this has lost some. */
const FEWEST_SPECS = 4200;
/** The fewest specs for the operations used in training, which the webgpu backend is tested with. */
const FEWEST_OF_TRAINING = 1700;
const MOST_SHOWN = 100;
/** Specs that cannot pass, and why. Those with `always` must fail, otherwise this list is outdated. */
const IMPOSSIBLE = {
  webgpu: {
    'gather webgpu {"WEBGPU_CPU_FORWARD":false} throws when index is out of bound': {
      why: 'a GPU cannot throw for what it finds in a tensor',
      always: true,
    },
    'exp webgpu {"WEBGPU_CPU_FORWARD":false} int32': {
      why: 'within 0.001 of e^10 = 22026.466, where float32 has steps of 0.002',
      always: false,
    },
  },
};
/** Cases of the table that kernels of tfjs get wrong: gradients of dilated convolutions, batches that broadcast. */
const WRONG_IN_TFJS = {
  cpu: [/^(Conv2D|DepthwiseConv2dNative)Backprop\w+ dilation/, /^BatchMatMul \[2,1,\d,\d\]/],
  webgpu: [/^DepthwiseConv2dNativeBackprop\w+ dilation/],
};

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'cpu' },
    cases: { type: 'boolean', default: false },
    filter: { type: 'string' },
    threads: { type: 'string', default: '1' },
    flags: { type: 'boolean', default: false },
  },
});
const { backend, filter } = options;
const threads = Number(options.threads);
if (!backendNames.includes(backend) || !Number.isInteger(threads) || threads < 1) {
  console.error(
    'usage: node tools/conformance/run.mjs --backend cpu|simd|webgpu [--cases] [--filter NAME] [--threads N] [--flags]',
  );
  process.exit(2);
}

// A spec that ends the process or lets the event loop run dry must not look like success.
process.exitCode = 1;
if (options.cases) {
  await runCases(await loadCases({ backend, threads, flags: options.flags }).catch(unavailable));
  process.exit(process.exitCode);
}
const { outfile } = await bundle({ backend, threads, flags: options.flags });
const { specs, errors, milliseconds } = await runSpecs(outfile).catch(unavailable);
report();
process.exit(process.exitCode);

function unavailable(error) {
  if (error.name !== 'WebgpuUnavailable') throw error;
  console.log(error.message);
  process.exit(CANNOT_RUN);
}

/** Runs every case of the table whose kernel the backend has, and names the kernels that it lacks. */
async function runCases({ checkCase, hasKernel, kernelRows, runnableCases, runOnEngine }) {
  const started = performance.now();
  const cases = kernelRows
    .flatMap(runnableCases)
    .filter(({ kernel, name }) => `${kernel} ${name}`.includes(filter ?? ''));
  const missing = new Set(cases.map(({ kernel }) => kernel).filter((kernel) => !hasKernel(kernel)));
  const run = cases.filter(({ kernel }) => !missing.has(kernel));
  let [failed, known] = [0, 0];
  for (const spec of run) {
    const name = `${spec.kernel} ${spec.name}`;
    try {
      await checkCase(runOnEngine, spec);
    } catch (error) {
      if (WRONG_IN_TFJS[backend]?.some((pattern) => pattern.test(name))) known++;
      else if (++failed <= MOST_SHOWN) console.log(`✗ ${name}\n    ${error.message}`);
    }
  }
  if (missing.size > 0) console.log(`no kernel: ${[...missing].join(', ')}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `cases on ${backend}: ${run.length - failed - known} passed, ${failed} failed, ${known} wrong in tfjs (${seconds} s)`,
  );
  process.exitCode = failed > 0 || run.length === 0 ? 1 : 0;
}

function report() {
  const count = (status) => specs.filter((spec) => spec.status === status).length;
  const impossible = IMPOSSIBLE[backend] ?? {};
  const failed = specs.filter(({ fullName, status }) =>
    status === 'failed' ? !impossible[fullName] : status === 'passed' && impossible[fullName]?.always,
  );
  for (const { fullName, failedExpectations, status } of failed.slice(0, MOST_SHOWN)) {
    console.log(`✗ ${fullName}${status === 'passed' ? ' passes, though it is listed as impossible' : ''}`);
    for (const { message } of failedExpectations)
      console.log(`    ${message.slice(0, 300).replaceAll('\n', '\n    ')}`);
  }
  if (failed.length > MOST_SHOWN) console.log(`… and ${failed.length - MOST_SHOWN} more`);
  for (const { message } of errors) console.log(`✗ outside of any spec: ${message}`);
  const ran = count('passed') + count('failed');
  const fewest = filter !== undefined ? 1 : backend === 'webgpu' ? FEWEST_OF_TRAINING : FEWEST_SPECS;
  if (ran < fewest) console.log(`✗ only ${ran} specs ran, expected at least ${fewest}`);
  const explained = specs.filter(
    ({ fullName, status }) => status === 'failed' && impossible[fullName],
  ).length;
  const where = backend === 'simd' ? `${backend}, ${threads} thread${threads > 1 ? 's' : ''}` : backend;
  console.log(
    `tfjs-core specs on ${where}: ${count('passed')} passed, ${failed.length} failed, ${explained > 0 ? `${explained} impossible, ` : ''}${count('pending')} pending ` +
      `(${(milliseconds / 1000).toFixed(1)} s)`,
  );
  process.exitCode = failed.length > 0 || errors.length > 0 || ran < fewest ? 1 : 0;
}

/** Runs a bundle of specs and discards their output. */
async function runSpecs(file) {
  const runner = new Jasmine();
  runner.loadConfig({ random: false, stopSpecOnExpectationFailure: false });
  runner.exit = () => {};
  runner.clearReporters();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = 60_000;
  const specs = [];
  const started = performance.now();
  const { log, warn } = console;
  console.log = console.warn = () => {};
  const errors = await new Promise((resolve, reject) => {
    runner.addReporter({
      // Excluded by --filter means that the spec did not run.
      specDone: (spec) => spec.status !== 'excluded' && specs.push(spec),
      suiteDone: (suite) => suite.failedExpectations?.length && specs.push({ ...suite, status: 'failed' }),
      jasmineDone: (result) => resolve(result.failedExpectations ?? []),
    });
    runner.execute([file], filter).catch(reject);
  }).finally(() => Object.assign(console, { log, warn }));
  return { specs, errors, milliseconds: performance.now() - started };
}
