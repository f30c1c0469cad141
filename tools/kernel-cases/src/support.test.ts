import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { activation } from './rows/activation';
import { unary } from './rows/unary';
import { supportTable } from './support';

it('has the tables of KERNELS.md from the rows and the backends', () => {
  const script = fileURLToPath(new URL('../write-tables.mjs', import.meta.url));
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toBe('');
});

it('shows which kernels a backend lacks', () => {
  const rows = [activation, ...unary.filter(({ kernel }) => kernel === 'Abs' || kernel === 'Exp')];
  const kernels = [{ kernelName: 'Activation', functions: ['relu'] }, { kernelName: 'Abs' }];
  const table = supportTable(rows, [
    { name: 'one', language: 'wasm', kernels, fromTfjs: ['Abs', 'Exp'] },
    { name: 'two', language: 'WGSL', kernels: [], fromTfjs: ['Abs', 'Exp'] },
  ]);
  expect(table.split('\n').slice(2)).toEqual([
    '| `Activation` | wasm: relu | none |',
    '| `ActivationGrad` | none | none |',
    '| `Abs` | wasm | tfjs |',
    '| `Exp` | tfjs | tfjs |',
  ]);
});
