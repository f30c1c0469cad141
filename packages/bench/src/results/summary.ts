import type { Results } from './results';

/** Results without pictures and points of the curves, which are most of the file: what is worth keeping in a repository. */
export function summaryOf(results: Results): Results {
  return {
    ...results,
    models: results.models.map((model) => ({
      ...model,
      pictures: [],
      steps: [],
      mistakes: model.mistakes.map((mistake) => ({ ...mistake, pixels: null })),
    })),
  };
}
