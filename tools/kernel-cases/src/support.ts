import { type KernelRow, listGradients } from './row';

/** What a backend registers. */
export interface BackendKernels {
  /** The backend's name. */
  name: string;
  /** What its own kernels are written in. */
  language: string;
  /** Its own kernels; those that take an activation function by name list the functions. */
  kernels: readonly { kernelName: string; functions?: readonly string[] }[];
  /** Names of the kernels that it takes from tfjs's backend because it does not have them. */
  fromTfjs: readonly string[];
}

/** The names of all kernels of the rows: forward, gradients and lists. */
export const kernelNames = (rows: readonly KernelRow[]): string[] =>
  rows.flatMap((row) =>
    [row, ...listGradients(row), ...(row.list ? [row.list] : [])].map(({ kernel }) => kernel),
  );

/** Whether a backend has a kernel: in its language, with the functions that it knows, from tfjs, or not. */
function cell({ language, kernels, fromTfjs }: BackendKernels, kernel: string): string {
  const config = kernels.find(({ kernelName }) => kernelName === kernel);
  if (config) return config.functions ? `${language}: ${config.functions.join(', ')}` : language;
  return fromTfjs.includes(kernel) ? 'tfjs' : 'none';
}

/** The Markdown table of what each backend has of the rows' kernels; kernels that are the same everywhere share a line. */
export function supportTable(rows: readonly KernelRow[], backends: readonly BackendKernels[]): string {
  const lines = new Map<string, string[]>();
  for (const kernel of kernelNames(rows)) {
    const cells = backends.map((backend) => cell(backend, kernel)).join(' | ');
    lines.set(cells, [...(lines.get(cells) ?? []), `\`${kernel}\``]);
  }
  return [
    `| kernels | ${backends.map(({ name }) => name).join(' | ')} |`,
    `| --- |${' --- |'.repeat(backends.length)}`,
    ...[...lines].map(([cells, kernels]) => `| ${kernels.join(', ')} | ${cells} |`),
  ].join('\n');
}
