import { zipSync } from 'fflate';
import { reportHtml } from '../../../src/present/html/report-html';
import { reportMarkdown } from '../../../src/present/text/report-markdown';
import type { Results } from '../../../src/results/results';
import { unzip } from './unzip';

export interface RunFile {
  name: string;
  bytes: Uint8Array;
}

/** A run's folder in the command line's form, including reports, as one .zip. */
export async function zipRun(run: string, files: RunFile[], results: Results | null): Promise<Blob> {
  const reports = results
    ? [textFile('report.html', await reportHtml(results)), textFile('report.md', reportMarkdown(results))]
    : [];
  const entries = [...files, ...reports].map(({ name, bytes }) => [`${run}/${name}`, bytes] as const);
  // Floats hardly compress, and storing them takes no time.
  return new Blob([zipSync(Object.fromEntries(entries), { level: 0 })], { type: 'application/zip' });
}

/** The files that a user chose, with .zip files unpacked; a folder that contains all of them is left out of their names. */
export async function readRunFiles(chosen: readonly File[]): Promise<RunFile[]> {
  const found: RunFile[] = [];
  for (const file of chosen) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (!file.name.endsWith('.zip')) {
      // Checkpoints belong in a subfolder, which a choice of single files does not show.
      const name = /-step-\d+-epoch-\d+\.safetensors$/.test(file.name)
        ? `checkpoints/${file.name}`
        : file.name;
      found.push({ name, bytes });
      continue;
    }
    for (const [name, content] of Object.entries(unzip(file.name, bytes, isOfRun))) {
      if (!name.endsWith('/'))
        found.push({
          name: name.replace(/^[^/]*\/(?=.)/, (folder) => (folder === 'checkpoints/' ? folder : '')),
          bytes: content,
        });
    }
  }
  return found;
}

export function save(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Whether to take a file: reports are made again from the results, and folders are not files. */
const isOfRun = (name: string): boolean => /\.(jsonl?|safetensors)$/.test(name);

const textFile = (name: string, text: string): RunFile => ({ name, bytes: new TextEncoder().encode(text) });
