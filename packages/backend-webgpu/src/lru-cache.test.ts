import { describe, expect, it } from 'vitest';
import { LruCache } from './lru-cache';

describe('LruCache', () => {
  it('evicts the least recently used entry', () => {
    const evicted: string[] = [];
    const cache = new LruCache<string, string>(2, (value) => evicted.push(value));
    const get = (key: string) => cache.getOrMake(key, () => key.toUpperCase());
    expect([get('a'), get('b'), get('a'), get('c'), get('a')]).toEqual(['A', 'B', 'A', 'C', 'A']);
    expect(evicted).toEqual(['B']);
  });

  it('makes a value once while it is kept', () => {
    const cache = new LruCache<string, object>(1);
    const value = cache.getOrMake('a', () => ({}));
    expect(cache.getOrMake('a', () => ({}))).toBe(value);
    cache.getOrMake('b', () => ({}));
    expect(cache.getOrMake('a', () => ({}))).not.toBe(value);
  });

  it('gives all values back when it is cleared, and evicts none', () => {
    const evicted: number[] = [];
    const cache = new LruCache<string, number>(3, (value) => evicted.push(value));
    for (const [i, key] of ['a', 'b', 'a'].entries()) cache.getOrMake(key, () => i);
    expect(cache.clear()).toEqual([1, 0]);
    expect(cache.clear()).toEqual([]);
    expect(evicted).toEqual([]);
  });
});
