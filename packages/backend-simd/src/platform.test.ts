import { expect, it } from 'vitest';
import { affordableThreads, containerThreads, hardwareThreads } from './platform';

const files = (contents: { [path: string]: string }) => (path: string) => contents[path];
const v1 = (quota: string) =>
  files({ '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': quota, '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n' });

it.each([
  [files({ '/sys/fs/cgroup/cpu.max': '100000 100000\n' }), 1],
  [files({ '/sys/fs/cgroup/cpu.max': '250000 100000\n' }), 3],
  [files({ '/sys/fs/cgroup/cpu.max': '5000 100000\n' }), 1],
  [files({ '/sys/fs/cgroup/cpu.max': 'max 100000\n' }), Number.POSITIVE_INFINITY],
  [v1('200000\n'), 2],
  [v1('-1\n'), Number.POSITIVE_INFINITY],
  [files({}), Number.POSITIVE_INFINITY],
])('reads the CPU quota of a container: %#', (read, threads) => {
  expect(containerThreads(read)).toBe(threads);
});

const addresses = (limit: string, kilobytes = 11 * 2 ** 20) =>
  files({
    '/proc/self/limits': `Limit          Soft Limit    Hard Limit   Units\nMax address space         ${limit}            ${limit}            bytes\n`,
    '/proc/self/status': `Name:\tnode\nVmPeak:\t 1 kB\nVmSize:\t${kilobytes} kB\n`,
  });

it.each([
  [addresses('unlimited'), Number.POSITIVE_INFINITY],
  [addresses(String(16 * 2 ** 30)), 5],
  [addresses(String(12 * 2 ** 30)), 1],
  [addresses(String(11.5 * 2 ** 30)), 0],
  [addresses(String(2 * 2 ** 30)), 0],
  [files({}), Number.POSITIVE_INFINITY],
])('computes how many threads fit in the address space: %#', (read, threads) => {
  expect(affordableThreads(read)).toBe(threads);
});

it('has at least one hardware thread', () => expect(hardwareThreads()).toBeGreaterThanOrEqual(1));
