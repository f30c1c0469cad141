import { expect, it } from 'vitest';
import { containerThreads, hardwareThreads } from './platform';

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
])('knows how many processors a container has the time of: %#', (read, threads) => {
  expect(containerThreads(read)).toBe(threads);
});

it('takes at least one thread', () => expect(hardwareThreads()).toBeGreaterThanOrEqual(1));
