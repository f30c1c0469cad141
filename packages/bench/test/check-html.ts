const voids = ['meta', 'img', 'br', 'hr', 'input', 'link'];

/** The errors in tags, attributes and ids of a page; empty when it is well-formed. */
export function htmlErrors(html: string): string[] {
  const errors: string[] = [];
  const open: string[] = [];
  const ids = new Set<string>();
  const body = html.replace(/<style>[\s\S]*?<\/style>/g, '').replace(/^<!doctype html>/, '');
  const text = body.replaceAll(
    /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g,
    (...found) => {
      const [, slash, name, attributes, selfClosed] = found as unknown as string[];
      for (const [, id] of attributes!.matchAll(/\sid="([^"]*)"/g)) {
        if (ids.has(id!)) errors.push(`duplicate id ${id}`);
        ids.add(id!);
      }
      if (slash) {
        const last = open.pop();
        if (last !== name) errors.push(`</${name}> closes <${last}>`);
      } else if (!selfClosed && !voids.includes(name!)) open.push(name!);
      return '';
    },
  );
  if (/[<>]/.test(text)) errors.push(`stray ${/.{0,40}[<>].{0,40}/.exec(text)?.[0]}`);
  if (/&(?!(amp|lt|gt|quot|#39|#\d+|nbsp);)/.test(text))
    errors.push(`bare & in ${/.{0,40}&.{0,40}/.exec(text)?.[0]}`);
  for (const [, references] of html.matchAll(/\saria-labelledby="([^"]*)"/g)) {
    for (const id of references!.split(' ')) if (!ids.has(id)) errors.push(`no element has id ${id}`);
  }
  return [...errors, ...open.map((name) => `<${name}> is never closed`)];
}

/** The parts of a page that would use the network or run code; empty without any. */
export function outsideReferences(html: string): string[] {
  const withoutData = html
    .replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')
    .replaceAll(/src="data:image\/png;base64,[^"]*"/g, '');
  return (
    withoutData.match(/https?:|url\(|@import|\son\w+=|<(script|link|iframe|object|embed)\b|\ssrc=/g) ?? []
  );
}
