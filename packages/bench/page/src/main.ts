import './page.css';
import { version } from '../../package.json';
import { bytes } from '../../src/lib/format';
import { styles } from '../../src/present/html/styles';
import type { Training } from '../../src/results/training';
import type { OpenedRun, RunSummary } from './protocol';
import { formatLabel } from './view/charts';
import { byId, h } from './view/dom';
import { createLive } from './view/live';
import { runsView } from './view/runs-view';
import { createScreenLock } from './view/screen-lock';
import { CallError, createSession } from './view/session';
import { createSetup } from './view/setup';

document.head.prepend(h('style', {}, styles));
byId('footer').textContent = `@tenfold/bench ${version}`;

const live = createLive();
const session = createSession((event) => {
  if (event.type === 'begun') {
    current = event.run;
    void refresh();
  } else if (event.type === 'modelStart') void refresh(); // by then the data are stored
  live.hear(event);
});
/** The run that is shown or in training. */
let current: string | undefined;
let busy = false;
const holdScreen = createScreenLock(
  () => busy && !document.hidden && byId<HTMLInputElement>('awake').checked,
);

const environment = await session.call('inspect');
const setup = createSetup(await session.call('models'), environment);
// Immediately: earlier clicks would be lost, and a form without a listener reloads the page.
setup.onStart((choice) => {
  current = undefined;
  const { title } = environment.datasets.find(({ name }) => name === choice.dataset)!;
  void begin({ models: choice.models, dataset: title }, (s) => s.call('start', choice));
});
byId('pause').addEventListener('click', () => {
  live.setState('pausing');
  void session.call('pause');
});
byId('resume').addEventListener('click', () => current && void resume(current));
document.addEventListener('visibilitychange', () => {
  if (document.hidden && busy) void session.call('checkpoint');
  holdScreen();
});
byId<HTMLInputElement>('upload').addEventListener('change', (event) => {
  const input = event.target as HTMLInputElement;
  void upload([...(input.files ?? [])]).finally(() => {
    input.value = '';
  });
});
acceptDrops(byId('drop'));
byId('awake').addEventListener('change', holdScreen);
byId('awake-label').hidden = !('wakeLock' in navigator);
showNotices();
await refresh();

/** Trains until the run is finished or paused. */
async function begin(
  { models, dataset }: Pick<RunSummary, 'models' | 'dataset'>,
  work: (s: typeof session) => Promise<{ run: string; state: 'finished' | 'paused' }>,
  shown?: OpenedRun,
): Promise<void> {
  busy = true;
  setup.setBusy(true, 'Training …');
  byId('results').hidden = true;
  // A worker uses only one backend, and a new worker has all its memory.
  session.restart();
  live.open(`Training ${models.join(', ')}`, dataset, shown);
  live.setState('working');
  byId('live').scrollIntoView();
  void refresh();
  holdScreen();
  void navigator.storage.persist?.(); // or the browser may delete runs and data when space is short
  try {
    const { run, state } = await work(session);
    current = run;
    busy = false;
    live.setState(state);
    if (state === 'finished') await show(run);
  } catch (error) {
    busy = false;
    live.setState('failed', formatError(error));
    session.restart(); // its device may be lost
    if (!current) byId('resume').hidden = true;
  } finally {
    busy = false;
    setup.setBusy(false);
    holdScreen();
    await refresh();
  }
}

async function resume(run: string): Promise<void> {
  const opened = await session.call('open', run);
  current = run;
  await begin(opened.summary, (s) => s.call('resume', run, { measure: setup.measure }), opened);
}

/** Shows a run and its progress so far. */
async function show(run: string): Promise<void> {
  const opened = await session.call('open', run);
  const { results, summary, steps, epochs, predictors } = opened;
  if (!busy && (current !== run || byId('live').hidden)) {
    live.open(`Training of ${summary.models.join(', ')}`, summary.dataset, opened);
    live.setState(results ? 'finished' : 'paused');
    if (steps.length === 0 && epochs.length === 0) {
      for (const { name: model, seed, epochs: of, history } of results?.models ?? []) {
        for (const { epoch, testAccuracy, testLoss, seconds, flops } of history) {
          if (testAccuracy === null || testLoss === null) continue;
          live.charts.epoch({ model, seed, epoch, epochs: of, testAccuracy, testLoss, seconds, flops });
        }
      }
    }
  }
  current = run;
  const section = byId('results');
  section.hidden = results === null;
  if (results) {
    const buttons = h(
      'div',
      { class: 'actions' },
      h(
        'button',
        { type: 'button', class: 'primary', click: () => void download(run) },
        'Download run (.zip)',
      ),
      h('button', { type: 'button', click: () => void downloadResults(run) }, 'results.json'),
      h('button', { type: 'button', click: () => void downloadReport(run) }, 'report.html'),
      ...predictors.map((training) =>
        h(
          'button',
          { type: 'button', click: () => void look(run, training) },
          `Predict test images with ${formatLabel(training)}`,
        ),
      ),
    );
    const { resultsView } = await import('./view/results-view');
    byId('results-body').replaceChildren(buttons, await resultsView(results));
    section.scrollIntoView();
  }
}

/** Shows a trained model's predictions for test images. */
async function look(run: string, training: Training): Promise<void> {
  byId('live').scrollIntoView();
  await guarded('live-error', async () => {
    live.hear({ type: 'samples', samples: await session.call('samples', run, training, []) });
  });
}

async function download(run: string): Promise<void> {
  await guarded('upload-error', async () => {
    const { save, zipRun } = await import('./view/run-files');
    const [files, { results }] = await Promise.all([session.call('files', run), session.call('open', run)]);
    save(`${run}.zip`, await zipRun(run, files, results));
  });
}

async function downloadResults(run: string): Promise<void> {
  const files = await session.call('files', run);
  const file = files.find(({ name }) => name === 'results.json')!;
  const { save } = await import('./view/run-files');
  save('results.json', new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: 'application/json' }));
}

async function downloadReport(run: string): Promise<void> {
  const { results } = await session.call('open', run);
  const [{ save }, { reportHtml }] = await Promise.all([
    import('./view/run-files'),
    import('../../src/present/html/report-html'),
  ]);
  save('report.html', new Blob([await reportHtml(results!)], { type: 'text/html' }));
}

async function upload(chosen: File[]): Promise<void> {
  if (chosen.length === 0) return;
  await guarded('upload-error', async () => {
    const { readRunFiles } = await import('./view/run-files');
    const run = await session.call('keep', await readRunFiles(chosen));
    await refresh();
    await show(run);
  });
}

async function remove(run: string): Promise<void> {
  if (!confirm('Delete this run from the browser? This cannot be undone.')) return;
  await guarded('upload-error', async () => {
    await session.call('remove', run);
    if (current === run) {
      current = undefined;
      live.close();
      byId('results').hidden = true;
    }
    await refresh();
  });
}

async function removeData(titles: string[]): Promise<void> {
  if (!confirm(`Delete ${listed(titles)} from the browser? The next run fetches what it needs again.`))
    return;
  await guarded('upload-error', async () => {
    await session.call('removeData');
    await refresh();
  });
}

/** Shows the stored runs; does nothing when the worker is ended meanwhile, since the code that ends it refreshes too. */
async function refresh(): Promise<void> {
  try {
    await showKept();
  } catch (error) {
    if (!(error instanceof CallError && error.ended)) throw error;
  }
}

async function showKept(): Promise<void> {
  const runs = await session.call('list');
  const actions = {
    open: (run: string) => void show(run),
    resume: (run: string) => void resume(run),
    download: (run: string) => void download(run),
    remove: (run: string) => void remove(run),
  };
  byId('runs-body').replaceChildren(runsView(runs, actions, { busy, current }));
  const { storage, datasets } = await session.call('inspect');
  const kept = datasets.filter((dataset) => dataset.kept).map(({ title }) => title);
  const free = storage.freeBytes === null ? '' : `, ${bytes(storage.freeBytes)} more are available`;
  const forget = h(
    'button',
    { type: 'button', disabled: busy, click: () => void removeData(kept) },
    `Delete ${listed(kept)}`,
  );
  byId('storage').replaceChildren(
    h('p', {}, `This page uses ${bytes(storage.usedBytes)} of the browser's storage${free}.`),
    ...(kept.length > 0 ? [forget] : []),
  );
}

function showNotices(): void {
  const { obstacle, isolated } = environment;
  const texts = [
    obstacle,
    !isolated &&
      !obstacle &&
      'This page is not cross-origin isolated, so simd runs on one thread. Its host must send two headers: Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp. `npm run bench -- serve` sends them.',
  ].filter((text) => typeof text === 'string');
  byId('notices').replaceChildren(...texts.map((text) => h('p', { class: 'notice' }, text)));
  if (obstacle) byId<HTMLButtonElement>('start').disabled = true;
}

async function guarded(place: string, work: () => Promise<void>): Promise<void> {
  const problem = byId(place);
  problem.hidden = true;
  try {
    await work();
  } catch (error) {
    problem.hidden = false;
    problem.textContent = formatError(error);
  }
}

/** 'CIFAR-10 and MNIST' */
function listed(names: string[]): string {
  return new Intl.ListFormat('en').format(names);
}

function formatError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof CallError && error.advice ? `${message}. To fix it: ${error.advice}` : message;
}

function acceptDrops(zone: HTMLElement): void {
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault();
    zone.classList.toggle('over', is);
  };
  zone.addEventListener('dragover', over(true));
  zone.addEventListener('dragleave', over(false));
  zone.addEventListener('drop', (event) => {
    over(false)(event);
    void upload([...(event.dataTransfer?.files ?? [])]);
  });
}
