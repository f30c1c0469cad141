/** A Markdown table; the formatter aligns it. */
export const table = (headings, rows) =>
  [headings, headings.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');

/**
 * The exports of a package as a table: name, first sentence, and formula, shapes, slots and options where any of them has some.
 *
 * @param exports_ as `tools/api` reads them
 */
export function exportTable(exports_) {
  const columns = [
    ['name', link],
    ['description', summary],
    ['formula', formula],
    ['input → output', shapes],
    ['slots', slots],
    ['options and defaults', options],
  ].filter(([, cell], i) => i < 2 || exports_.some((entry) => cell(entry) !== ''));
  return table(
    columns.map(([heading]) => heading),
    exports_.map((entry) => columns.map(([, cell]) => cell(entry))),
  );
}

/**
 * The options of a function, or the fields of a result, each with what its docstring says.
 *
 * @param type its name; that of options ends with Options
 * @param properties as `readProperties` of `tools/api` reads them
 */
export function propertyTable(type, properties) {
  if (properties.length === 0) throw new Error(`properties ${type}: it has none`);
  const isOptions = /Options$/.test(type);
  // By name, because the compiler's order of inherited options depends on the rest of the program.
  const byRank = (a, b) => Number(a.optional) - Number(b.optional) || (a.name < b.name ? -1 : 1);
  const rows = (isOptions ? [...properties].sort(byRank) : properties).map(({ name, doc, optional }) => {
    if (!doc) throw new Error(`properties ${type}: ${name} has no docstring`);
    return [`${code(name)}${isOptions && !optional ? ' (required)' : ''}`, doc.replace(/\.$/, '')];
  });
  return table([isOptions ? 'option' : 'field', 'description'], rows);
}

/**
 * The functions that load a dataset, with what each says of its data and of its first load.
 *
 * @param exports_ as `tools/api` reads them
 */
export function datasetTable(exports_) {
  const rows = select(exports_, 'returning DatasetLoader from options').map((entry) => {
    const [, size] = /The first load downloads ([\d.,]+ [kMG]B)/.exec(entry.paragraphs.join(' ')) ?? [];
    if (!size) throw new Error(`${entry.name}: its docstring does not say "The first load downloads … MB"`);
    return [`[${code(`${entry.name}()`)}](${entry.file})`, summary(entry).replace(/^Loads /, ''), size];
  });
  return table(['dataset', 'description', 'download'], rows);
}

/** The exports that a marker names, sorted: `returning TYPE`, `returning TYPE from options`, `of FOLDER`, `all`. */
export function select(exports_, words) {
  const [, what, name, rest] = /^(returning|of|all)(?: (\S+))?(?: (from options))?$/.exec(words) ?? [];
  if (!what)
    throw new Error(
      `"exports ${words}": write "returning TYPE", "returning TYPE from options", "of FOLDER" or "all"`,
    );
  const chosen = exports_.filter((entry) =>
    what === 'all'
      ? true
      : what === 'of'
        ? entry.file.startsWith(`src/${name}/`)
        : entry.returns === name && !(rest && positional(entry).length > 0),
  );
  if (chosen.length === 0) throw new Error(`"exports ${words}": there is none`);
  return chosen.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

const positional = ({ parameters, options }) => (options.length > 0 ? parameters.slice(0, -1) : parameters);
const code = (text) => `\`${text}\``;

function link(entry) {
  const names = positional(entry).map(({ name }) => name);
  return `[${code(names.length > 0 && entry.signature ? `${entry.name}(${names.join(', ')})` : entry.name)}](${entry.file})`;
}

export function summary({ name, paragraphs: [first] }) {
  if (!first) throw new Error(`${name} has no docstring`);
  return first.split(/\. (?=[A-Z`])/)[0].replace(/\.$/, '');
}

/** The second paragraph when it is a formula, up to its first sentence's end. */
function formula({ paragraphs: [, second = ''] }) {
  if (!/[=←≈]/.test(second) || /^Runs? /.test(second)) return '';
  return second.split(/[.:] (?=[A-Z])/)[0].replace(/\.$/, '');
}

function shapes(entry) {
  const returns = entry.tag('returns') ?? '';
  const [, from, to] = /^a layer from (.+?) to ([^;]+)/.exec(returns) ?? [];
  if (from) return `${from} → ${to}`;
  return /^a layer that (keeps [^;]+)/.exec(returns)?.[1] ?? '';
}

const slots = (entry) => /^an optimizer with the slots? ([^;]+)/.exec(entry.tag('returns') ?? '')?.[1] ?? '';

/** The options of a function with their defaults, in one cell. */
export function options({ options }) {
  return options
    .map(({ name, default: value, optional }) => {
      const text = value === undefined || value.length > 24 ? '' : ` ${value.replace(/^-(?=\d)/, '−')}`;
      return `${code(name)}${optional || text ? text : ' (required)'}`;
    })
    .join(', ');
}
