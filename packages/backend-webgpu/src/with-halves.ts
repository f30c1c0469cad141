import type { Program } from './program';

/**
 * A program with float16 in place of float32 in some of its buffers: values are widened where the code reads them and
 * narrowed where it writes them, so that all that is computed stays float32.
 *
 * What is finite stays so, as at most ±65504; infinity and NaN stay what they are.
 *
 * @param names of the buffers; an output must be written by statements `name[…] = …;` and not be read
 */
export function withHalves(program: Program, names: readonly string[]): Program {
  if (names.length === 0) return program;
  const { types = {} } = program;
  const wide = (name: string): string => {
    const type = types[name] ?? 'T';
    return type === 'T' ? (types.T ?? 'f32') : type;
  };
  const rewritten = (code: string): string =>
    names.reduce((text, name) => rewrite(text, name, wide(name)), code);
  return {
    ...program,
    name: `${program.name}, halves ${names.join(' ')}`,
    types: { ...types, ...Object.fromEntries(names.map((name) => [name, narrow(wide(name))])) },
    declarations: () => {
      const written = names.filter((name) => name in program.outputs).map(wide);
      return `${[...new Set(written)].map(narrowing).join('')}${rewritten(program.declarations?.() ?? '')}`;
    },
    body: () => rewritten(program.body()),
  };
}

const narrow = (type: string): string => type.replace('f32', 'f16');

const narrowing = (type: string): string => {
  const bits = type.replace('f32', 'u32');
  return `
fn halvesOf${type.length}(value: ${type}) -> ${narrow(type)} {
  let isFinite = (bitcast<${bits}>(value) & ${bits}(0x7f800000u)) != ${bits}(0x7f800000u);
  return ${narrow(type)}(select(value, clamp(value, ${type}(-65504.0), ${type}(65504.0)), isFinite));
}`;
};

/** The code with every `name[…]` widened, and what is assigned to one narrowed. */
function rewrite(code: string, name: string, type: string): string {
  const access = new RegExp(`(?<![\\w.])${name}\\[`, 'g');
  let text = '';
  let done = 0;
  for (let found = access.exec(code); found; found = access.exec(code)) {
    const end = closing(code, access.lastIndex);
    const place = `${name}[${rewrite(code.slice(access.lastIndex, end), name, type)}]`;
    const assigned = /^\s*=(?!=)\s*([^;]*);/.exec(code.slice(end + 1));
    text += code.slice(done, found.index);
    text += assigned ? `${place} = halvesOf${type.length}(${assigned[1]});` : `${type}(${place})`;
    done = end + 1 + (assigned?.[0].length ?? 0);
    access.lastIndex = done;
  }
  return text + code.slice(done);
}

/** Where the bracket closes that is open before `from`. */
function closing(code: string, from: number): number {
  let depth = 1;
  for (let i = from; i < code.length; i++) {
    if (code[i] === '[') depth++;
    if (code[i] === ']') depth--;
    if (depth === 0) return i;
  }
  throw new Error(`a bracket is not closed in ${code.slice(from - 20, from + 40)}`);
}
