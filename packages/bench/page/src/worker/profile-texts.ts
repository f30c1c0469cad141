import { profiles } from '../../../src/recipes';
import { architectureText } from '../../../src/recipes/architecture';

/** What each profile trains, for people. */
export function profileTexts(): { [profile: string]: { [model: string]: { epochs: number; text: string } } } {
  return Object.fromEntries(
    Object.entries(profiles).map(([profile, recipes]) => [
      profile,
      Object.fromEntries(
        Object.entries(recipes).map(([model, { architecture, epochs }]) => [
          model,
          { epochs, text: architectureText(architecture) },
        ]),
      ),
    ]),
  );
}
