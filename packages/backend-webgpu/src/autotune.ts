import { TILES, type Tile, type TileCost } from './tiles';
import type { Store } from './user-store';

export interface AutotuneOptions {
  /** What the measurement is valid for: adapter, driver, version of this package. */
  key: string;
  store: Store | undefined;
  measure: () => Promise<TileCost[]>;
}

/** The costs of the tiles, read from the store, or measured and stored there. */
export async function autotune({
  key,
  store,
  measure,
}: AutotuneOptions): Promise<{ costs: TileCost[]; remembered: boolean }> {
  const name = `tiles ${hash(key)}`;
  const kept = parse(await store?.read(name), key);
  if (kept) return { costs: kept, remembered: true };
  const costs = await measure();
  // If nothing can be written, as in a read-only home or a full localStorage, the next start measures again.
  await store?.write(name, JSON.stringify({ key, costs })).catch(() => {});
  return { costs, remembered: false };
}

/** The costs, or undefined when the text is damaged, or is for another key or other tiles. */
function parse(text: string | undefined, key: string): TileCost[] | undefined {
  try {
    const kept = JSON.parse(text ?? 'null') as { key?: unknown; costs?: TileCost[] } | null;
    const valid =
      kept?.key === key &&
      kept.costs?.length === TILES.length &&
      TILES.every((tile, i) => {
        const { alone, crowded, ...kind } = kept.costs![i]!;
        const same = (Object.keys(tile) as (keyof Tile)[]).every((key) => kind[key] === tile[key]);
        return same && [alone, crowded].every((cost) => Number.isFinite(cost) && cost > 0);
      });
    return valid ? kept.costs : undefined;
  } catch {
    return undefined;
  }
}

// FNV-1a, since adapter names have characters that file names cannot have.
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01000193);
  return (value >>> 0).toString(16).padStart(8, '0');
}
