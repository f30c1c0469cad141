import { type Description, type KernelRow, listGradients } from './row';

/** The Markdown table of kernels: what each takes and gives. */
export function fusedKernelTable(rows: readonly KernelRow[]): string {
  const lines = rows.flatMap((row) =>
    [row, ...listGradients(row), row.list].flatMap((one) =>
      one?.describe ? [line(one.kernel, one.describe)] : [],
    ),
  );
  return ['| kernel | inputs | attributes | outputs |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

const line = (kernel: string, { inputs, attributes, outputs }: Description): string =>
  `| ${[`\`${kernel}\``, inputs, attributes, outputs].join(' | ')} |`;
