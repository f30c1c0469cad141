/**
 * Does something with a run while no other tab does. The lock also keeps browsers from freezing a hidden tab that trains.
 *
 * @throws when another tab has the run
 */
export async function lockOf<T>(run: string, work: () => Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(3000); // a worker that a reload ended may hold it for a moment more
  try {
    return (await navigator.locks.request(`tenfold run ${run}`, { signal: patience }, work)) as T;
  } catch (error) {
    if (error !== patience.reason) throw error;
    throw new Error(`The run ${run} is at work in another tab of this browser. Close it there, or wait.`);
  }
}
