import { architectureText } from '../../../src/models/architecture-text';
import { modelNames, models } from '../../../src/models/models';
import { profiles } from '../../../src/models/profiles';
import type { ModelTexts } from '../protocol';

/** Descriptions of the models and of each profile's recipes. */
export function modelTexts(): ModelTexts {
  return {
    titles: Object.fromEntries(modelNames.map((name) => [name, models[name].title])),
    profiles: Object.fromEntries(
      Object.entries(profiles).map(([profile, recipes]) => [
        profile,
        Object.fromEntries(
          Object.entries(recipes).map(([model, { architecture, epochs }]) => [
            model,
            { epochs, text: architectureText(architecture) },
          ]),
        ),
      ]),
    ),
  };
}
