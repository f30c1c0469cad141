import { escapeHtml } from '../../lib/escape-html';
import { styles } from './styles';

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

export interface PageSection {
  id: string;
  title: string;
  body: string;
}

export interface Page {
  title: string;
  /** HTML between the title and the list of sections. */
  intro: string;
  sections: PageSection[];
  /** Text of the last line. */
  footer: string;
}

/** A self-contained HTML page: pictures and charts are embedded; no network, no script. */
export function pageHtml({ title, intro, sections, footer }: Page): string {
  const links = sections.map((section) => `<a href="#${section.id}">${escapeHtml(section.title)}</a>`);
  const bodies = sections.map(
    ({ id, title, body }) => `<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${escapeHtml(title)}</h2>
${body}
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="@tenfold/bench">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${intro}
<nav aria-label="Sections">${links.join('\n')}</nav>
</header>
<main>
${bodies.join('\n')}
</main>
<footer class="soft">${escapeHtml(footer)}</footer>
</body>
</html>
`;
}
