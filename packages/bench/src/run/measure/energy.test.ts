import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openNvidia } from './energy-nvidia';
import { openRapl } from './energy-rapl';
import { integratePower } from './integrate-power';
import { describeEnergy, openEnergyMeter } from './open-energy-meter';

const folder = () => mkdtempSync(join(tmpdir(), 'tenfold-energy-'));

describe('RAPL', () => {
  /** A machine of two packages, one of which is shown twice, with the domains within and around them. */
  function fakeMachine() {
    const root = folder();
    const add = (entry: string, name: string, range: string | null = '1000000') => {
      mkdirSync(join(root, entry));
      writeFileSync(join(root, entry, 'name'), `${name}\n`);
      if (range) writeFileSync(join(root, entry, 'max_energy_range_uj'), `${range}\n`);
      return (microjoules: bigint | number) =>
        writeFileSync(join(root, entry, 'energy_uj'), `${microjoules}\n`);
    };
    return { root, add };
  }

  it('adds up packages alone, each once, while it counts', () => {
    const { root, add } = fakeMachine();
    const first = add('intel-rapl:0', 'package-0', '262143328850');
    const second = add('intel-rapl:1', 'package-1', '262143328850');
    const others = [
      add('intel-rapl:0:0', 'core'),
      add('intel-rapl:2', 'psys'),
      add('intel-rapl-mmio:0', 'package-0'),
    ];
    for (const set of [first, second, ...others]) set(5);
    const meter = openRapl(root);
    expect(meter.how).toMatch(/^RAPL .*\(package-0 \+ package-1\).*without evaluation$/);
    first(1_000_005);
    meter.start();
    first(3_500_005);
    second(1_000_005);
    for (const set of others) set(900_000);
    expect(meter.read()).toBe(3.5);
    second(1_500_005);
    meter.stop();
    first(9_000_005);
    meter.start();
    first(9_000_006);
    expect(meter.read()).toBeCloseTo(4.000001, 9);
  });

  it('continues when a counter has wrapped around, also beyond 2⁵³', () => {
    const { root, add } = fakeMachine();
    const set = add('intel-rapl:0', 'package-0', String(2n ** 62n));
    set(2n ** 62n - 3_000_000n);
    const meter = openRapl(root);
    meter.start();
    set(2_000_000);
    expect(meter.read()).toBe(5);
  });

  it('knows nothing when a counter has wrapped around and its range is unknown', () => {
    const { root, add } = fakeMachine();
    const set = add('intel-rapl:0', 'package-0', null);
    set(7);
    const meter = openRapl(root);
    meter.start();
    set(3);
    expect(meter.read()).toBeNull();
    expect(meter.how).toMatch(/package-0 wrapped around and max_energy_range_uj cannot be read/);
    expect(meter.read()).toBeNull();
  });

  it('says so where there is no counter', () => {
    for (const root of [join(folder(), 'nothing'), fakeMachine().root]) {
      const meter = openRapl(root);
      meter.start();
      meter.stop();
      expect(meter.read()).toBeNull();
      expect(meter.how).toMatch(/no RAPL counter .*virtual machine/);
    }
  });

  it('says what to do when the counters may not be read, or no longer', () => {
    const { root, add } = fakeMachine();
    add('intel-rapl:0', 'package-0')(1);
    let denied = true;
    const read = (path: string) => {
      if (denied && path.endsWith('energy_uj')) throw Object.assign(new Error('denied'), { code: 'EACCES' });
      return readFileSync(path, 'utf8').trim();
    };
    const refusal = /only root can read .* sudo chmod -R a\+r .*intel-rapl/;
    const meter = openRapl(root, read);
    expect(meter.how).toMatch(refusal);
    expect(meter.read()).toBeNull();
    denied = false;
    const later = openRapl(root, read);
    later.start();
    expect(later.read()).toBe(0);
    denied = true;
    expect(later.read()).toBeNull();
    expect(later.how).toMatch(refusal);
  });
});

describe('the integral of power', () => {
  it('is of trapezoids within the intervals that count', () => {
    const power = integratePower();
    power.start(0);
    expect(power.read(500)).toBeNull();
    power.sample(1000, 100); // 1 s before it, with constant power
    expect(power.read(1000)).toBe(100);
    power.sample(2000, 300); // 200 W on average
    expect(power.read(2000)).toBe(300);
    power.stop(2500);
    power.start(3000);
    expect(power.read(3500)).toBe(600); // the last power, without the half second between
    power.sample(4000, 100); // 200 W on average, for 1.5 of 2 s
    expect(power.read(4000)).toBe(600);
    for (const [time, watts] of [
      [Number.NaN, 1],
      [5000, Number.NaN],
      [4000, 9],
    ] as const) {
      power.sample(time, watts);
    }
    expect(power.read(4500)).toBe(650);
  });
});

describe.skipIf(process.platform === 'win32')('nvidia-smi', () => {
  /** A program that answers as nvidia-smi does: once, and every 20 ms. */
  function fake(watts: string, name = 'nvidia-smi') {
    const path = join(folder(), name);
    writeFileSync(
      path,
      `#!${process.execPath}
const stamp = () => { const t = new Date(); const two = (n) => String(n).padStart(2, '0');
  return [t.getFullYear(), two(t.getMonth() + 1), two(t.getDate())].join('/') + ' ' +
    [two(t.getHours()), two(t.getMinutes()), two(t.getSeconds())].join(':') + '.' + String(t.getMilliseconds()).padStart(3, '0'); };
const looped = process.argv.some((arg) => arg.startsWith('--loop-ms'));
if (!looped) console.log('Invented GPU, ${watts}');
else setInterval(() => console.log(stamp() + ', ${watts}'), 20);
`,
    );
    chmodSync(path, 0o755);
    return path;
  }

  it('gives watts times seconds', async () => {
    const meter = await openNvidia(fake('250.00'));
    expect(meter.how).toMatch(/^power of GPU 0 \(Invented GPU\) by nvidia-smi, every 0\.5 s/);
    meter.start();
    const start = Date.now();
    while (meter.read() === null) await sleep(10);
    await sleep(100);
    meter.stop();
    const seconds = (Date.now() - start) / 1000;
    const joules = meter.read()!;
    expect(joules).toBeGreaterThan(250 * seconds * 0.9);
    expect(joules).toBeLessThan(250 * seconds * 1.1 + 1);
    meter.close();
  });

  it('says what is wrong', async () => {
    expect((await openNvidia(fake('[N/A]'))).how).toMatch(
      /does not report the power of GPU 0 \(Invented GPU\): '\[N\/A\]'/,
    );
    expect((await openNvidia(join(folder(), 'nvidia-smi'))).how).toMatch(/nvidia-smi is not installed/);
    const failing = join(folder(), 'nvidia-smi');
    writeFileSync(failing, '#!/bin/sh\necho "NVIDIA-SMI has failed"; exit 9\n');
    chmodSync(failing, 0o755);
    expect((await openNvidia(failing)).how).toBe('nvidia-smi failed: NVIDIA-SMI has failed');
  });

  it('is taken for backends on a GPU, RAPL for the others', async () => {
    const path = process.env.PATH;
    process.env.PATH = [join(fake('1'), '..'), path].join(delimiter);
    try {
      const meter = await openEnergyMeter({ name: 'webgpu', details: {} });
      expect(meter.how).toMatch(/Invented GPU/);
      meter.close();
      expect((await openEnergyMeter({ name: 'simd', details: {} })).how).toMatch(/RAPL/);
      const { processor, gpu } = await describeEnergy();
      expect(processor).toMatch(/RAPL/);
      expect(gpu).toMatch(/Invented GPU/);
    } finally {
      process.env.PATH = path;
    }
  });
});
