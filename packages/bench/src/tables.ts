import type { Results } from './results';
import type { Table } from './table';
import { accuracyTable } from './tables/accuracy-table';
import { flopsTable } from './tables/flops-table';
import { timeTable } from './tables/time-table';

export { accuracyTable } from './tables/accuracy-table';
export { calibrationBinsTable, calibrationTable } from './tables/calibration-tables';
export { confusionTable, perClassTable } from './tables/class-tables';
export { costTable, energyNotes } from './tables/cost-table';
export { flopsTable } from './tables/flops-table';
export { forecastTable } from './tables/forecast-table';
export { historyTable } from './tables/history-table';
export { inferenceTable } from './tables/inference-table';
export { recipeTable } from './tables/recipe-table';
export { stepsTable } from './tables/steps-table';
export { summaryTable } from './tables/summary-table';
export { timeTable } from './tables/time-table';

/** The paper's three tables, each beside what this run measured. */
export function paperTables(results: Results): Table[] {
  return [accuracyTable(results), timeTable(results), flopsTable(results)];
}
