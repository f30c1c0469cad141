import type { KernelRow } from './row';

/** The Markdown table of kernels: what each takes and gives. */
export function fusedKernelTable(rows: readonly KernelRow[]): string {
  const lines = rows.flatMap((row) =>
    [row, row.gradient, row.list].flatMap((one) => (one ? [line(one)] : [])),
  );
  return ['| kernel | inputs | attributes | outputs |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const line = ({ kernel, describe }: Pick<KernelRow, 'kernel' | 'describe'>): string =>
  `| ${[`\`${kernel}\``, describe.inputs, describe.attributes, describe.outputs].join(' | ')} |`;
