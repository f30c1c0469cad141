/**
 * The first program of a page of Markdown.
 *
 * @returns `{ code, language: 'js' | 'ts' }`
 */
export function firstProgram(markdown) {
  const [, fence, code] =
    /^```(js|javascript|mjs|ts|typescript)\b[^\n]*\n([\s\S]*?)^```/m.exec(markdown) ?? [];
  if (code === undefined) throw new Error('the README has no block of JavaScript or TypeScript');
  return { code, language: fence.startsWith('t') ? 'ts' : 'js' };
}
