import { closestMatch } from 'leven';
import { z } from 'zod';
import { isDeeperThan } from '../lib/nesting';
import { type ModelName, modelNames, models } from './models';
import { type Recipe, recipeSchema } from './recipe';

/** One overridden value of a recipe. */
export interface Override {
  model: ModelName;
  /** Keys and indices from the recipe's root; at least one. */
  path: string[];
  value: unknown;
}

/** An invalid override; the message says where it is, what it is and what is expected. */
export class OverrideError extends Error {
  override readonly name = 'OverrideError';
}

/**
 * Reads one override from text.
 *
 * @param text MODEL.KEY[.KEY…]=VALUE, where the value is JSON, a comma-separated list, or a word
 * @throws an {@link OverrideError}
 * @example
 * parseOverride('cnn.architecture.widths=64,128,128');
 */
export function parseOverride(text: string): Override {
  const equals = text.indexOf('=');
  const [model, ...path] = text.slice(0, Math.max(0, equals)).trim().split('.');
  if (equals < 0 || path.length === 0 || path.includes('')) {
    throw new OverrideError(`'${text}' is not an override; expected MODEL.KEY=VALUE, such as cnn.epochs=9`);
  }
  const value = parseValue(text.slice(equals + 1).trim());
  assertShallow(value, [model, ...path].join('.'));
  return { model: checkedModel(model!), path, value };
}

/**
 * Reads overrides from a file's content.
 *
 * @param value { MODEL: a part of its recipe }; a list replaces the whole list
 * @throws an {@link OverrideError}
 */
export function readOverrides(value: unknown): Override[] {
  assertShallow(value, 'the file');
  if (!isObject(value)) {
    throw new OverrideError(
      `the file holds ${show(value)}; expected an object such as { "cnn": { "epochs": 9 } }`,
    );
  }
  return Object.entries(value).flatMap(([model, recipe]) => {
    if (!isObject(recipe)) {
      throw new OverrideError(`${model} is ${show(recipe)}; expected an object such as { "epochs": 9 }`);
    }
    return leaves(recipe).map((leaf) => ({ model: checkedModel(model), ...leaf }));
  });
}

/** The override as {@link parseOverride} reads it. */
export function overrideText({ model, path, value }: Override): string {
  const isPlain = (item: unknown) =>
    typeof item === 'string' && item !== '' && parseValue(item.trim()) === item;
  const text = isPlain(value) ? String(value) : JSON.stringify(value);
  const numbers = Array.isArray(value) && value.length > 1 && value.every((item) => typeof item === 'number');
  return `${[model, ...path].join('.')}=${numbers ? value.join(',') : text}`;
}

/**
 * Applies overrides to a recipe, in order.
 *
 * @param overrides those of other models are ignored
 * @returns a new recipe
 * @throws an {@link OverrideError} for an unknown key or an invalid value
 */
export function applyOverrides(recipe: Recipe, overrides: readonly Override[]): Recipe {
  const matching = overrides.filter(({ model }) => model === recipe.model);
  const changed = structuredClone(recipe);
  for (const override of matching) setValue(changed, override);
  // An overridden recipe is no longer the one that was tuned.
  const retuned = matching.some(({ path: [key] }) => key === 'optimizer');
  if (retuned && !matching.some(({ path: [key] }) => key === 'tuning')) delete changed.tuning;
  if (changed.model !== recipe.model) {
    throw new OverrideError(
      `${recipe.model}.model is ${show(changed.model)}; a recipe cannot change its model, see --models`,
    );
  }
  const { error, data } = recipeSchema.safeParse(changed);
  if (error) throw new OverrideError(explain(error.issues, changed));
  return data;
}

function setValue(recipe: Recipe, { model, path, value }: Override): void {
  let place: Record<string, unknown> = recipe as unknown as Record<string, unknown>;
  for (const [depth, key] of path.entries()) {
    const here = path.slice(0, depth);
    const known = Array.isArray(place) ? Object.keys(place) : keysAt(model, here, recipe);
    if (!known.includes(key)) throw new OverrideError(unknownKey([model, ...here].join('.'), key, known));
    if (depth === path.length - 1) {
      place[key] = value;
      return;
    }
    const inner = place[key];
    if (typeof inner !== 'object' || inner === null) {
      const fullPath = [model, ...here, key].join('.');
      throw new OverrideError(
        `${fullPath} is ${show(inner ?? null)}, which has no ${path[depth + 1]}; set ${fullPath} itself`,
      );
    }
    place = inner as Record<string, unknown>;
  }
}

/** The first issue as a sentence. */
function explain(issues: readonly z.core.$ZodIssue[], recipe: Recipe): string {
  const [issue] = issues.flatMap(withinUnions);
  const path = issue!.path.map(String);
  const where = [recipe.model, ...path];
  if (issue!.code === 'unrecognized_keys') {
    return unknownKey(where.join('.'), issue!.keys[0]!, keysAt(recipe.model, path, recipe));
  }
  const value = path.reduce<unknown>(
    (place, key) => (place as Record<string, unknown> | undefined)?.[key],
    recipe,
  );
  const message = issue!.message.replace(/^Invalid (input|option|discriminator value)[:.]? ?/, '');
  return `${where.join('.')} is ${value === undefined ? 'missing' : show(value)}; ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

/** For a union, the issue with the nearest alternative. */
function withinUnions(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const branches = issue.errors.map((errors) =>
    errors
      .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as z.core.$ZodIssue)
      .flatMap(withinUnions),
  );
  const depth = (branch: z.core.$ZodIssue[]) => Math.max(0, ...branch.map(({ path }) => path.length));
  const deepest = Math.max(...branches.map(depth));
  if (deepest > issue.path.length) return branches.find((branch) => depth(branch) === deepest)!;
  const expected = [
    ...new Set(
      branches.flat().map(({ message }) => message.replace(/^.*expected (.*?)(, received .*)?$/, '$1')),
    ),
  ];
  return [{ ...issue, message: `expected ${expected.join(' or ')}` }];
}

function unknownKey(where: string, key: string, known: readonly string[]): string {
  const near =
    known.find((name) => name.toLowerCase() === key.toLowerCase()) ??
    closestMatch(key, [...known], { maxDistance: 3 });
  const expected = known.length > 0 ? `; expected ${known.join(', ')}` : '';
  return `${where} has no '${key}'${expected}.${near === undefined ? '' : ` Did you mean ${near}?`}`;
}

type Node = { properties?: Record<string, Node>; items?: Node; anyOf?: Node[]; oneOf?: Node[] };

/** The keys that the schema allows at a path, for the alternative that the value there matches. */
function keysAt(model: ModelName, path: string[], recipe: Recipe): string[] {
  const isArchitecture = path[0] === 'architecture';
  const root = z.toJSONSchema(isArchitecture ? models[model].schema : recipeSchema, {
    io: 'input',
  }) as Node;
  let nodes = branches(root);
  let value: unknown = isArchitecture ? recipe.architecture : recipe;
  for (const key of isArchitecture ? path.slice(1) : path) {
    nodes = nodes.flatMap((node) => branches(node.properties?.[key] ?? node.items ?? {}));
    value = (value as Record<string, unknown> | undefined)?.[key];
    const kind = (value as { rule?: string; schedule?: string } | undefined) ?? {};
    const fits = nodes.filter((node) =>
      (['rule', 'schedule'] as const).every(
        (name) => findConstant(node, name) === undefined || findConstant(node, name) === kind[name],
      ),
    );
    if (fits.length > 0) nodes = fits;
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(node.properties ?? {})))];
}

const branches = (node: Node): Node[] => {
  const inner = node.anyOf ?? node.oneOf;
  return inner ? inner.flatMap(branches) : [node];
};
const findConstant = (node: Node, name: string) =>
  (node.properties?.[name] as { const?: string } | undefined)?.const;

function checkedModel(model: string): ModelName {
  const found = modelNames.find((name) => name === model);
  if (found) return found;
  const near = closestMatch(model, [...modelNames], { maxDistance: 2 });
  throw new OverrideError(
    `'${model}' is not a model; expected ${modelNames.join(', ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`,
  );
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return /^[^[{"]*,/.test(text) ? text.split(',').map((item) => parseValue(item.trim())) : text;
  }
}

/** More levels than a recipe has. */
const DEEPEST = 16;

/** @throws an {@link OverrideError} when a value is nested deeper than any recipe */
function assertShallow(value: unknown, where: string): void {
  if (!isDeeperThan(value, DEEPEST)) return;
  throw new OverrideError(
    `${where} has more than ${DEEPEST} levels of lists and objects; recipes are never nested so deeply`,
  );
}

function leaves(value: Record<string, unknown>, path: string[] = []): { path: string[]; value: unknown }[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    isObject(inner) ? leaves(inner, [...path, key]) : [{ path: [...path, key], value: inner }],
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const show = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));
