import type { BrowserBackend } from '../../../src/backends/select-backend.browser';
import { plural } from '../../../src/lib/format';
import type { ModelName } from '../../../src/models/models';
import type { Choice, Environment, ModelTexts } from '../protocol';
import { byId, h } from './dom';

const DEFAULT_MODELS = ['cnn'];

/** The form for the settings of a run; its state is also in the page's address. */
export interface Setup {
  /** @param listener receives the settings */
  onStart(listener: (choice: Choice) => void): void;
  /** False where the address says so; no field of the form changes it. */
  measure: Choice['measure'];
  setBusy(busy: boolean, note?: string): void;
}

export function createSetup({ titles, profiles }: ModelTexts, environment: Environment): Setup {
  const form = byId<HTMLFormElement>('choice');
  const [dataset, profile, epochs, seeds, start, note] = [
    byId<HTMLSelectElement>('dataset'),
    byId<HTMLSelectElement>('profile'),
    byId<HTMLInputElement>('epochs'),
    byId<HTMLInputElement>('seeds'),
    byId<HTMLButtonElement>('start'),
    byId('start-note'),
  ];
  const wanted = new URLSearchParams(location.hash.slice(1));
  fill(
    dataset,
    environment.datasets.map(({ name, title }) => [name, title]),
    wanted.get('dataset'),
  );
  fill(
    profile,
    Object.keys(profiles).map((name) => [name, name]),
    wanted.get('profile'),
  );
  epochs.value = wanted.get('epochs') ?? '';
  seeds.value = wanted.get('seeds') ?? '0';
  const measure = wanted.get('measure') === 'false' ? false : undefined;
  drawBackends(environment, wanted.get('backend'));
  drawModels(wanted.get('models')?.split(',') ?? DEFAULT_MODELS);

  profile.addEventListener('change', () => drawModels(checkedModels()));
  form.addEventListener('change', update);
  update();

  function drawModels(checked: string[]): void {
    const recipes = profiles[profile.value]!;
    const cards = Object.keys(titles).map((name) => {
      const recipe = recipes[name];
      const text = recipe
        ? `${plural(recipe.epochs, 'epoch')}; ${recipe.text}`
        : `Not in the profile ${profile.value}`;
      const input = h('input', {
        type: 'checkbox',
        name: 'models',
        value: name,
        disabled: !recipe,
        checked: Boolean(recipe) && checked.includes(name),
      });
      return h(
        'label',
        { class: 'choice' },
        input,
        h('b', {}, name),
        h('small', {}, `${titles[name]}. ${text}`),
      );
    });
    byId('models').replaceChildren(...cards);
  }

  function update(): void {
    const none = checkedModels().length === 0;
    for (const input of form.querySelectorAll<HTMLInputElement>('input[name=models]')) {
      input.setCustomValidity('');
    }
    const first = form.querySelector<HTMLInputElement>('input[name=models]:not(:disabled)');
    if (none) first?.setCustomValidity('Choose at least one model.');
    const { models, ...rest } = choice();
    const pairs = Object.entries({ models: models.join(','), ...rest }).filter(
      ([, value]) => value !== undefined,
    );
    history.replaceState(
      null,
      '',
      `#${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`,
    );
  }

  function checkedModels(): ModelName[] {
    const inputs = form.querySelectorAll<HTMLInputElement>('input[name=models]:checked');
    return [...inputs].map(({ value }) => value as ModelName);
  }

  function choice(): Choice {
    const backend = form.querySelector<HTMLInputElement>('input[name=backend]:checked');
    return {
      dataset: dataset.value as Choice['dataset'],
      profile: profile.value as Choice['profile'],
      models: checkedModels(),
      backend: (backend?.value ?? 'simd') as BrowserBackend,
      seeds: [...new Set(seeds.value.split(',').map((seed) => Number(seed)))],
      epochs: epochs.value === '' ? undefined : Number(epochs.value),
      measure,
    };
  }

  return {
    measure,
    onStart(listener) {
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        listener(choice());
      });
    },
    setBusy(busy, text = '') {
      start.disabled = busy;
      note.textContent = text;
    },
  };
}

/** @param wanted the value to begin with; the first one when the options have no such value */
function fill(
  select: HTMLSelectElement,
  options: [value: string, text: string][],
  wanted: string | null,
): void {
  select.append(...options.map(([value, text]) => h('option', { value }, text)));
  if (options.some(([value]) => value === wanted)) select.value = wanted!;
}

function drawBackends({ webgpu, threads, isolated }: Environment, wanted: string | null): void {
  const fastGpu = webgpu.works && !webgpu.slow;
  const chosen =
    wanted === 'webgpu' && webgpu.works ? 'webgpu' : wanted === 'simd' || !fastGpu ? 'simd' : 'webgpu';
  const gpuText = webgpu.works
    ? `GPU: ${webgpu.details}.${webgpu.slow ? ' It computes on the processor, slower than simd.' : ''}`
    : `Not available: ${webgpu.why}. ${webgpu.advice}.`;
  const simdText = isolated
    ? `CPU: WebAssembly SIMD on ${threads} ${threads === 1 ? 'thread' : 'threads'}.`
    : 'CPU: WebAssembly SIMD on one thread, since this page is not cross-origin isolated.';
  const card = (value: string, title: string, text: string, disabled = false) =>
    h(
      'label',
      { class: 'choice' },
      h('input', { type: 'radio', name: 'backend', value, disabled, checked: value === chosen }),
      h('b', {}, title),
      h('small', {}, text),
    );
  byId('backends').replaceChildren(
    card('webgpu', 'WebGPU', gpuText, !webgpu.works),
    card('simd', 'simd', simdText),
  );
}
