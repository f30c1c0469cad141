import { describe, expect, it } from 'vitest';
import { autotune } from './autotune';
import { TILES, type TileCost } from './tiles';
import type { Store } from './user-store';

const costs: TileCost[] = TILES.map((tile, i) => ({ ...tile, alone: 1e-7 + i * 1e-9, crowded: 1e-9 }));

function memory(): Store & { entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    read: async (name) => entries.get(name),
    write: async (name, text) => void entries.set(name, text),
  };
}

/** A measurement that counts how often it was made. */
function counted() {
  const measure = Object.assign(
    async () => {
      measure.count++;
      return costs;
    },
    { count: 0 },
  );
  return measure;
}

describe('autotune', () => {
  it('measures once for an adapter, driver and version', async () => {
    const [store, measure] = [memory(), counted()];
    expect(await autotune({ key: 'acme 1', store, measure })).toEqual({ costs, remembered: false });
    expect(await autotune({ key: 'acme 1', store, measure })).toEqual({ costs, remembered: true });
    expect(measure.count).toBe(1);
    expect((await autotune({ key: 'acme 2', store, measure })).remembered).toBe(false);
    expect(measure.count).toBe(2);
  });

  it('measures again what is damaged or of other tiles', async () => {
    const [store, measure] = [memory(), counted()];
    await autotune({ key: 'acme', store, measure });
    const [[name, whole]] = [...store.entries] as [[string, string]];
    const kept = JSON.parse(whole) as { key: string; costs: TileCost[] };
    for (const text of [
      '',
      whole.slice(0, -9),
      'null',
      '[]',
      JSON.stringify({ ...kept, key: 'another' }),
      JSON.stringify({ ...kept, costs: kept.costs.slice(1) }),
      JSON.stringify({ ...kept, costs: kept.costs.toReversed() }),
      JSON.stringify({ ...kept, costs: kept.costs.map((cost) => ({ ...cost, alone: -1 })) }),
      JSON.stringify({ ...kept, costs: kept.costs.map((cost) => ({ ...cost, crowded: 'x' })) }),
      JSON.stringify({ ...kept, costs: kept.costs.map(() => null) }),
    ]) {
      store.entries.set(name, text);
      expect((await autotune({ key: 'acme', store, measure })).remembered, text).toBe(false);
      expect(store.entries.get(name)).toBe(whole);
    }
  });

  it('does without a store, and with one that cannot be written', async () => {
    const measure = counted();
    const refusing = { ...memory(), write: async () => Promise.reject(new Error('read-only')) };
    for (const store of [undefined, refusing]) {
      expect(await autotune({ key: 'acme', store, measure })).toEqual({ costs, remembered: false });
    }
  });
});
