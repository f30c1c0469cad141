import { describe, expect, it } from 'vitest';
import { TensorCleanup } from './tensor-cleanup';

describe('TensorCleanup', () => {
  const start = () => {
    const disposed: object[] = [];
    return { disposed, cleanup: new TensorCleanup((dataId) => disposed.push(dataId)) };
  };
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  const fail = () => {
    throw new Error('failed');
  };

  it('leaves what a kernel made that works', () => {
    const { cleanup, disposed } = start();
    const kernel = () => {
      cleanup.add(a);
      return 7;
    };
    expect(cleanup.guard(kernel)).toBe(7);
    expect(disposed).toEqual([]);
  });

  it('disposes what a kernel made that fails, with what kernels made that it called', () => {
    const { cleanup, disposed } = start();
    cleanup.add(c);
    expect(() =>
      cleanup.guard(() => {
        cleanup.add(a);
        cleanup.guard(() => cleanup.add(b));
        fail();
      }),
    ).toThrow('failed');
    expect(disposed).toEqual([a, b]);
  });

  it('leaves what belongs to work of before', () => {
    const { cleanup, disposed } = start();
    expect(() =>
      cleanup.guard(() => {
        cleanup.isolate(() => cleanup.add(a));
        cleanup.add(b);
        fail();
      }),
    ).toThrow('failed');
    expect(disposed).toEqual([b]);
  });
});
