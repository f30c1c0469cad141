import type { Option, Parameter } from '@tenfold/generate/api.mjs';
import ts from 'typescript';

/** What a value can be, as far as one can tell from a type and from a value alike. */
export type Kind =
  | 'number'
  | 'boolean'
  | 'string'
  | 'function'
  | 'array'
  | 'tensor'
  | 'object'
  | 'undefined'
  | 'null'
  | 'regexp';

/** What a parameter takes: kinds, the strings where only certain ones are meant, the range where the docstring gives one. */
export interface Expected {
  /** Whether the type says nothing (unknown, any). */
  anything: boolean;
  kinds: Set<Kind>;
  literals: Set<unknown>;
  range: ((value: number) => boolean) | undefined;
  /** The properties of an object that must be there. */
  required: string[];
}

export function readExpected(
  parameter: Omit<Parameter, 'options'> & Partial<Option>,
  checker: ts.TypeChecker,
): Expected {
  const expected: Expected = {
    anything: false,
    kinds: new Set(parameter.optional ? ['undefined'] : []),
    literals: new Set(),
    range: readRange(parameter.doc ?? ''),
    required: [],
  };
  addType(parameter.type, checker, expected);
  return expected;
}

function addType(type: ts.Type, checker: ts.TypeChecker, expected: Expected): void {
  const { kinds, literals } = expected;
  if (type.isUnion()) {
    for (const member of type.types) addType(member, checker, expected);
  } else if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) expected.anything = true;
  else if (type.flags & ts.TypeFlags.TypeParameter) {
    const constraint = checker.getBaseConstraintOfType(type);
    if (constraint) addType(constraint, checker, expected);
    else expected.anything = true;
  } else if (type.isStringLiteral() || type.isNumberLiteral()) literals.add(type.value);
  else if (type.flags & ts.TypeFlags.BooleanLike) kinds.add('boolean');
  else if (type.flags & ts.TypeFlags.NumberLike) kinds.add('number');
  else if (type.flags & ts.TypeFlags.StringLike) kinds.add('string');
  else if (type.flags & ts.TypeFlags.Undefined) kinds.add('undefined');
  else if (type.flags & ts.TypeFlags.Null) kinds.add('null');
  else if (isTensor(type)) kinds.add('tensor');
  else if (type.symbol?.name === 'RegExp') kinds.add('regexp');
  else if (type.getCallSignatures().length > 0) kinds.add('function');
  else if (checker.isArrayLikeType(type) || type.getNumberIndexType()) kinds.add('array');
  else {
    kinds.add('object');
    expected.required.push(
      ...type
        .getProperties()
        .filter(({ flags }) => !(flags & ts.SymbolFlags.Optional))
        .map(({ name }) => name),
    );
  }
}

const isTensor = (type: ts.Type): boolean =>
  /^(Tensor|Scalar|Variable)(\dD)?$/.test(type.symbol?.name ?? '') ||
  type.getProperty('dataId') !== undefined;

/** The range that a sentence gives: "in [0, 1)", "> 0", "≥ 0", "a positive integer". */
function readRange(doc: string): Expected['range'] {
  const interval = /in ([[(])(−?[\d.]+), (−?[\d.]+|∞)([\])])/.exec(doc);
  const number = (text: string) => (text === '∞' ? Infinity : Number(text.replace('−', '-')));
  if (interval) {
    const [, open, low, high, close] = interval;
    return (x) =>
      (open === '[' ? x >= number(low!) : x > number(low!)) &&
      (close === ']' ? x <= number(high!) : x < number(high!));
  }
  const bound = /(?:^|[\s,(])([>≥]) ?(−?\d+)\b/.exec(doc);
  if (bound) return (x) => (bound[1] === '>' ? x > number(bound[2]!) : x >= number(bound[2]!));
  return undefined;
}
