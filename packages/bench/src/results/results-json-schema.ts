import { z } from 'zod';
import { resultsSchema } from './results';

/** The text of `results.schema.json`: what other programs may expect of a results.json. */
export function resultsJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(resultsSchema, { io: 'input' }), null, 2)}\n`;
}
