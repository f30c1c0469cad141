/**
 * The first program in a Markdown page.
 *
 * @returns `{ code, language: 'js' | 'ts' }`
 */
export function firstProgram(markdown) {
  const [, fence, code] =
    /^```(js|javascript|mjs|ts|typescript)\b[^\n]*\n([\s\S]*?)^```/m.exec(markdown) ?? [];
  if (code === undefined) throw new Error('the README has no block of JavaScript or TypeScript');
  return { code, language: fence.startsWith('t') ? 'ts' : 'js' };
}

/** The packages that a program imports. */
export const readImports = (code) =>
  [...new Set([...code.matchAll(/(?:from|^import) '([^']+)'/gm)].map(([, name]) => name))].filter(
    (name) => !name.startsWith('node:') && !name.startsWith('.'),
  );

/** The packages in a page's install commands. */
export const installed = (markdown) => [
  ...new Set(
    [...markdown.matchAll(/^npm install ([^#\n]*)/gm)].flatMap(([, names]) => names.trim().split(/\s+/)),
  ),
];
