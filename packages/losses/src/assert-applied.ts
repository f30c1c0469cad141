import { object, show } from '@tenfold/checks';

/**
 * Throws when a loss is called to get a loss, as in `fit(model, { loss: huber() })`: without arguments, or with its options alone.
 *
 * @param name of the loss
 * @param call the arguments
 * @param known names of the options
 */
export function assertApplied(name: string, call: readonly unknown[], known: object): void {
  if (call.length > 1) return;
  const [labels] = call;
  if (call.length === 0) {
    throw new Error(
      `${name}: labels are missing; give labels and predictions, or as a loss the function itself, without a call`,
    );
  }
  if (!object.accepts(labels)) return;
  const given = Object.entries(labels as object);
  if (given.length === 0 || !given.every(([option]) => Object.hasOwn(known, option))) return;
  const list = given.map(([option, value]) => `${option}: ${show(value)}`).join(', ');
  throw new Error(
    `${name}: labels is the options { ${list} }; give labels and predictions first, and as a loss with these options a function: (labels, predictions) => ${name}(labels, predictions, { ${list} })`,
  );
}
