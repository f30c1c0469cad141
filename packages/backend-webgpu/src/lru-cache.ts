/** A map that holds at most `capacity` entries: a new one evicts the least recently used. */
export class LruCache<K, V> {
  // A Map iterates in the order of insertion; every hit inserts its entry again.
  private readonly entries = new Map<K, V>();

  /** @param onEvict called with each evicted value */
  constructor(
    private readonly capacity: number,
    private readonly onEvict: (value: V) => void = () => {},
  ) {}

  /** The value of a key, created by `make` if it is missing. */
  getOrMake(key: K, make: () => V): V {
    let value = this.entries.get(key);
    if (value !== undefined) {
      this.entries.delete(key);
      this.entries.set(key, value);
      return value;
    }
    value = make();
    this.entries.set(key, value);
    if (this.entries.size > this.capacity) {
      const [oldest, evicted] = this.entries.entries().next().value!;
      this.entries.delete(oldest);
      this.onEvict(evicted);
    }
    return value;
  }

  /** Removes all entries without evicting them, and returns their values. */
  clear(): V[] {
    const values = [...this.entries.values()];
    this.entries.clear();
    return values;
  }
}
