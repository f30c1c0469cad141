import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { makeFolder, removeEmpty } from './cli/folders';
import { reportHtml } from './report/report-html';
import { reportMarkdown } from './report/report-markdown';
import { parseResults, type Results } from './results';
import type { RunListener } from './run/types';

/** The folder of a run: `steps.jsonl` grows while it trains, results and reports come at the end. */
export interface RunFolder {
  /** Writes a line of `steps.jsonl` for every step, epoch and model. */
  log: RunListener;
  /** Writes `results.json`, `report.html` and `report.md`, each complete or not at all. */
  finish(results: Results): Promise<{ results: string; html: string; markdown: string }>;
  /**
   * Ends a run that did not finish: the log says why. Without a finished epoch the log and the folder go too.
   * Synchronous, so that it can be the last thing of a process.
   *
   * @returns whether the folder is still there
   */
  abandon(reason: string): boolean;
}

/**
 * Opens the folder of a run.
 *
 * @param path does not exist or is empty
 * @param header what the first line of the log says of the run
 */
export async function openRunFolder(path: string, header: object): Promise<RunFolder> {
  const created = await makeFolder(path);
  const logPath = join(path, 'steps.jsonl');
  const file = openSync(logPath, 'wx');
  let epochs = 0;
  let open = true;
  let finished = false;
  const line = (value: object) => {
    if (open) writeSync(file, `${JSON.stringify({ time: new Date().toISOString(), ...value })}\n`);
  };
  const close = () => {
    if (open) closeSync(file);
    open = false;
  };
  line({ type: 'run', ...header });
  return {
    log(event) {
      if (event.type === 'epoch') epochs++;
      if (['step', 'epoch', 'modelStart', 'modelEnd'].includes(event.type)) line(event);
    },
    async finish(results) {
      line({ type: 'end', reason: 'finished' });
      close();
      const complete = parseResults(results);
      finished = true;
      const paths = { results: 'results.json', html: 'report.html', markdown: 'report.md' };
      const write = async (name: string, text: string) => {
        await writeFileAtomic(join(path, name), text);
        return join(path, name);
      };
      // Results first: whatever happens to the reports, they can be made from it again.
      return {
        results: await write(paths.results, `${JSON.stringify(complete, null, 2)}\n`),
        html: await write(paths.html, await reportHtml(complete)),
        markdown: await write(paths.markdown, reportMarkdown(complete)),
      };
    },
    abandon(reason) {
      line({ type: 'end', reason });
      close();
      if (epochs > 0 || finished) return true;
      rmSync(logPath, { force: true });
      if (created) removeEmpty(path, created);
      return false;
    },
  };
}
