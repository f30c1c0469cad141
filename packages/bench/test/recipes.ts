import { type ProfileRecipes, profiles } from '../src/models/profiles';

// For tests, which use models that these profiles have.
export const quick = profiles.quick as Required<ProfileRecipes>;
export const hour = profiles.hour as Required<ProfileRecipes>;
