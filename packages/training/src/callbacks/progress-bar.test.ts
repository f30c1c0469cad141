import { describe, expect, it, vi } from 'vitest';
import { clouds, network, options } from '../../test/clouds';
import { fit, progressBar, timeLimit } from '../index';

const run = async (bar: Parameters<typeof progressBar>[0], epochs = 2, validation = clouds()) => {
  const model = network();
  await fit(model, { ...options, data: clouds(), validation, epochs, callbacks: [progressBar(bar)] });
  model.dispose();
};

describe('progressBar', () => {
  it('writes a line for each epoch, without control characters where the output is no terminal', async () => {
    const parts: string[] = [];
    await run({ write: (part) => void parts.push(part) });
    const text = parts.join('');
    const lines = text.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(
      /^epoch 2\/2 {2}[\d.e-]+ m?s {2}[\d.e+]+ steps\/s {2}loss [\d.]+ {2}validation loss [\d.]+ {2}accuracy [\d.]+$/,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it.each([80, 40, 20])('fits on a line of %i columns of a terminal', async (columns) => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 60;
      return now;
    });
    const parts: string[] = [];
    await run({ write: (part) => void parts.push(part), columns }, 1);
    clock.mockRestore();
    const bars = parts.filter((part) => !part.endsWith('\n'));
    expect(bars.length).toBeGreaterThan(1);
    for (const bar of bars) {
      expect(bar.startsWith('\r\u001b[K')).toBe(true);
      expect(bar.length - 4).toBeLessThan(columns);
    }
    if (columns === 80) {
      expect(bars.at(-1)!.slice(4)).toMatch(
        /^epoch 1\/1 ━+ 4\/4 {2}[\d.]+ steps\/s {2}0\.0 s left {2}loss [\d.]+$/,
      );
    }
    expect(parts.at(-1)!.slice(4)).toMatch(/^epoch 1\/1 .*\n$/);
  });

  it('ends its line when training fails', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
      now += 200;
      return now;
    });
    const parts: string[] = [];
    const model = network();
    const onStep = () => {
      throw new Error('on purpose');
    };
    const callbacks = [progressBar({ write: (part) => void parts.push(part), columns: 80 })];
    await expect(fit(model, { ...options, data: clouds(), epochs: 1, callbacks, onStep })).rejects.toThrow(
      'on purpose',
    );
    clock.mockRestore();
    expect(parts.at(-1)).toBe('\n');
    model.dispose();
  });

  it.each([
    [{ columns: 0 }, /^progressBar: columns is 0/],
    [{ write: 'x' }, /^progressBar: write is "x"; give a function/],
  ])('rejects %j', (options, message) => {
    expect(() => progressBar(options as never)).toThrow(message);
  });
});

describe('timeLimit', () => {
  it('ends training with the step after the time', async () => {
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const model = network();
    const onStep = () => {
      now += 1000;
    };
    const all = { ...options, data: clouds(), epochs: 9, validation: clouds(), onStep };
    const reports = await fit(model, { ...all, callbacks: [timeLimit({ seconds: 5.5 })] });
    clock.mockRestore();
    expect(reports.map(({ steps }) => steps)).toEqual([4, 3]);
    expect(reports[1]!.validation!.examples).toBe(50);
    model.dispose();
  });

  it.each([
    [{}, /^timeLimit: seconds is missing/],
    [{ seconds: 0 }, /^timeLimit: seconds is 0/],
    [{ minutes: 1 }, /^timeLimit: there is no option "minutes"/],
  ])('rejects %j', (options, message) => {
    expect(() => timeLimit(options as never)).toThrow(message);
  });
});
