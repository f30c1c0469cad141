/**
 * Locks a run against other tabs during an action. The lock also keeps browsers from freezing a hidden tab that trains.
 *
 * @throws when another tab holds the lock
 */
export async function withRunLock<T>(run: string, work: () => Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(3000); // a worker that a reload ended may hold it for a moment longer
  try {
    return (await navigator.locks.request(`tenfold run ${run}`, { signal: patience }, work)) as T;
  } catch (error) {
    if (error !== patience.reason) throw error;
    throw new Error(`The run ${run} is in use in another tab of this browser. Close that tab, or wait.`);
  }
}
