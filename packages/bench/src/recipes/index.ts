import type { ModelName } from '../run/types';
import { hour } from './hour';
import { quick } from './quick';
import type { Recipe } from './recipe';

/** What `--profile` may name. */
export const profiles: { [profile: string]: Partial<Record<ModelName, Recipe>> } = { quick, hour };
