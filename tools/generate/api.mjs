// What the packages export, read from their source with TypeScript's compiler: names, docstrings, options, defaults.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export const packageNames = () =>
  readdirSync(join(root, 'packages'))
    .filter((name) => existsSync(join(root, 'packages', name, 'package.json')))
    .sort();

const entryFile = (name) => join(root, 'packages', name, 'src', 'index.ts');

/**
 * Reads packages.
 *
 * @param names of packages, without the scope
 * @returns `{ checker, readExports(name), findUndocumented(name), readProperties(name, type), readWords(name) }`; an export is what
 *   {@link describe} returns; undocumented are names such as 'adam' and 'AdamOptions.beta1'; properties are those of an
 *   exported type, as `{ name, doc, type, optional }`; words are all names that an import of the package shows
 */
export function readPackages(names) {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(names.map(entryFile), { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const readSymbols = (name) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entryFile(name))));
  const readExports = (name) =>
    readSymbols(name)
      .map((symbol) => describe(symbol, checker, name))
      .filter((found) => found !== undefined);
  return {
    checker,
    readExports,
    findUndocumented(name) {
      const folder = join(root, 'packages', name, 'src');
      return readSymbols(name).flatMap((symbol) => undocumented(symbol, checker, folder));
    },
    readProperties(name, typeName) {
      const symbol = readSymbols(name).find((found) => found.name === typeName);
      return readProperties(resolveAlias(symbol, checker), checker).map((property) => ({
        name: property.name,
        doc: readParagraphs(property, checker).join(' '),
        type: checker.getTypeOfSymbol(property),
        optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      }));
    },
    readWords(name) {
      const isHere = isDeclaredIn(join(root, 'packages', name, 'src'));
      return readSymbols(name).flatMap((symbol) => [
        symbol.name,
        ...readProperties(resolveAlias(symbol, checker), checker)
          .filter(isHere)
          .map((property) => property.name),
        ...[describe(symbol, checker, name)].flatMap((entry) =>
          entry ? [...entry.parameters, ...entry.options].map((parameter) => parameter.name) : [],
        ),
      ]);
    },
  };
}

const resolveAlias = (symbol, checker) =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const isDeclaredIn =
  (folder) =>
  ({ declarations = [] }) =>
    declarations.some((declaration) => declaration.getSourceFile().fileName.startsWith(folder));

/** The properties of an interface, or of a type of an object. */
function readProperties(target, checker) {
  const isObject = target.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias);
  const type = isObject ? checker.getDeclaredTypeOfSymbol(target) : undefined;
  return type && !type.isUnion() && type.flags & ts.TypeFlags.Object ? type.getProperties() : [];
}

/** An export without a docstring, and its properties without one where it is an interface or a type of an object. */
function undocumented(symbol, checker, folder) {
  const target = resolveAlias(symbol, checker);
  const isHere = isDeclaredIn(folder);
  const isMissing = (of) => isHere(of) && of.getDocumentationComment(checker).length === 0;
  // The docstring of a function says what its options are for; an interface of options alone needs none.
  const needsOne = !/Options$/.test(symbol.name);
  return [
    ...(needsOne && isMissing(target) ? [symbol.name] : []),
    ...readProperties(target, checker)
      .filter(isMissing)
      .map((property) => `${symbol.name}.${property.name}`),
  ];
}

/**
 * An export that exists at run time; undefined for a type.
 *
 * @returns `name`; `file` within the package; `paragraphs` of the docstring, each on one line, and its `tag(name)`; the `type`
 *   and, of a function or a class, the first `signature`, and whether it `isClass`; `returns`, the name of the type of what the
 *   function returns or the value is; `parameters` as `{ name, type, optional, options }`, where options are
 *   `{ name, type, optional, doc, default }`; `options` of the last parameter
 */
function describe(symbol, checker, packageName) {
  const target = resolveAlias(symbol, checker);
  if (!(target.flags & ts.SymbolFlags.Value)) return undefined;
  const declaration = target.valueDeclaration;
  const source = declaration.getSourceFile();
  const type = checker.getTypeOfSymbol(target);
  const [construct] = type.getConstructSignatures();
  const signature = type.getCallSignatures()[0] ?? construct;
  const parameters = (signature?.getParameters() ?? [])
    .flatMap((parameter) => readParameters(parameter, checker))
    .map((parameter) => ({
      ...parameter,
      options: readOptions(parameter, findFunction(declaration), checker),
    }));
  const options = parameters.at(-1)?.options ?? [];
  return {
    name: symbol.name,
    package: packageName,
    file: relative(join(root, 'packages', packageName), source.fileName),
    paragraphs: readParagraphs(target, checker),
    tag: (name) => {
      const tag = target.getJsDocTags(checker).find((tag) => tag.name === name);
      return tag && ts.displayPartsToString(tag.text).replace(/\s*\n\s*/g, ' ');
    },
    signature,
    isClass: construct !== undefined,
    type,
    returns: typeName(
      signature && !construct && !isNamedFunction(type) ? signature.getReturnType() : type,
      checker,
    ),
    parameters,
    options,
  };
}

/**
 * A parameter; of a rest parameter that is a tuple, such as `...options: [options?: O]`, the parameters that it stands for, and of
 * one that is an array a single entry.
 */
function readParameters(parameter, checker) {
  const { name, valueDeclaration: declaration } = parameter;
  const declared = checker.getTypeOfSymbol(parameter);
  const isRest = declaration && ts.isParameter(declaration) && declaration.dotDotDotToken !== undefined;
  // `...inputs: A` takes what A extends.
  const type = (isRest && checker.getBaseConstraintOfType(declared)) || declared;
  if (isRest && checker.isTupleType(type)) {
    return checker.getTypeArguments(type).map((type) => ({
      name,
      declaration,
      type,
      optional: true,
    }));
  }
  // One of those that a rest parameter takes.
  if (isRest) {
    // A type parameter, as of a function that passes its inputs on, has no type arguments.
    const entry = checker.getTypeArguments(type)[0] ?? type;
    return [{ name, declaration, type: entry, optional: false }];
  }
  const optional = ts.isParameter(declaration) && checker.isOptionalParameter(declaration);
  return [{ name, declaration, type, optional }];
}

/** A function whose type has a name, such as `const relu: ActivationFunction`, counts as a value of that type. */
const isNamedFunction = (type) =>
  type.aliasSymbol !== undefined || (type.symbol?.flags & ts.SymbolFlags.Interface) !== 0;

const typeName = (type, checker) =>
  type.aliasSymbol?.name ??
  (type.symbol?.flags & ts.SymbolFlags.TypeLiteral ? undefined : type.symbol?.name) ??
  checker.typeToString(type);

function readParagraphs(symbol, checker) {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .replace(/\s*\n\s*/g, ' ')
        .replace(/\{@link (\w+) ?\}/g, '`$1`')
        .trim(),
    )
    .filter(Boolean);
}

/** The function that a declaration declares, or a constant holds. */
function findFunction(declaration) {
  if (ts.isFunctionDeclaration(declaration)) return declaration;
  const value = ts.isVariableDeclaration(declaration) ? declaration.initializer : undefined;
  return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? value : undefined;
}

/** The options that a function takes in a parameter, [] when that is not one of options. */
function readOptions(parameter, body, checker) {
  const type = checker.getNonNullableType(parameter.type);
  const named =
    /^(options|rule)$/.test(parameter.name) ||
    ts.isObjectBindingPattern(parameter.declaration.name ?? parameter.declaration);
  if (!named || !(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return [];
  const defaults = body ? readDefaults(parameter, body) : new Map();
  return type.getProperties().map((property) => {
    const doc = readParagraphs(property, checker).join(' ');
    return {
      name: property.name,
      type: checker.getTypeOfSymbol(property),
      optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      doc,
      default: defaults.get(property.name) ?? /(?:^|[;,.] )(\S+)(?: \([^)]*\))? by default/.exec(doc)?.[1],
    };
  });
}

/** Defaults as they are written in the destructuring of the parameter, or of `options` in the function's body. */
function readDefaults(parameter, { parameters, body }) {
  const defaults = new Map();
  const add = (pattern) => {
    for (const { name, propertyName, initializer } of pattern.elements) {
      if (initializer) defaults.set((propertyName ?? name).getText(), initializer.getText());
    }
  };
  for (const { name } of parameters) if (ts.isObjectBindingPattern(name)) add(name);
  for (const statement of body && ts.isBlock(body) ? body.statements : []) {
    for (const { name, initializer } of ts.isVariableStatement(statement)
      ? statement.declarationList.declarations
      : []) {
      if (ts.isObjectBindingPattern(name) && initializer?.getText() === parameter.name) add(name);
    }
  }
  return defaults;
}

/** The manifest of a package. */
export const readManifest = (name) =>
  JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
