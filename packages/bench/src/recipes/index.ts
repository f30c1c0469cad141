import { hour } from './hour';
import type { ModelName } from './model-names';
import { paper } from './paper';
import { quick } from './quick';
import type { Recipe } from './recipe';

/** What `--profile` may name. */
export const profiles: { [profile: string]: Record<ModelName, Recipe> } = { quick, hour, paper };
