import type { Results } from './results';

/** Results without pictures and steps, which are most of the file: small enough for a repository. */
export function summarizeResults(results: Results): Results {
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
