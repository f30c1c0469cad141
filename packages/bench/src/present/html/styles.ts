import { colors } from '../charts/colors';

/** The report's style sheet: system fonts, light and dark by the reader's setting, narrow screens, print. */
export const styles = `
${colors}* { box-sizing: border-box; }
html { font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; background: var(--page); color: var(--text); }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .6rem; letter-spacing: -.01em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .75rem; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
p, li { max-width: 46rem; }
a { color: var(--accent); }
.lead { font-size: 1.15rem; margin: 0 0 1rem; }
.soft, .notes, figcaption, .facts dt { color: var(--soft); font-size: .875rem; }
.notes { margin: .4rem 0 1.6rem; padding-left: 1.1rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .9rem 1.5rem; margin: 1.2rem 0; }
.facts dd { margin: 0; }
.warnings { background: var(--warm); border-left: 4px solid var(--warm-rule); padding: .7rem 1rem; border-radius: 0 6px 6px 0; margin: 1.2rem 0; }
.warnings ul { margin: 0; padding-left: 1.1rem; }
.warnings li { max-width: none; }
nav { font-size: .875rem; margin-top: 1.2rem; }
nav a { display: inline-block; margin-right: 1.1rem; }

.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(12rem, 45%), 1fr)); gap: 1rem; margin: 1.5rem 0; }
.card { background: var(--panel); border-radius: 8px; border-top: 4px solid var(--series); padding: .9rem 1.1rem 1rem; }
.card h3 { margin: 0; }
.card .value { font-size: 2rem; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; }
.card p { margin: 0; }

.scroll { overflow-x: auto; margin: .8rem 0 .4rem; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: separate; border-spacing: 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: .35rem; }
th, td { padding: .32rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
th:first-child { padding-left: 0; }
thead th { color: var(--soft); font-weight: 600; font-size: .82rem; border-bottom-color: var(--soft); vertical-align: bottom; }
tbody th { font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.marked { background: var(--warm); }
.heat td { background: color-mix(in srgb, var(--accent) calc(var(--heat, 0%) * .55), transparent); }
.heat td, .heat th { padding: .28rem .55rem; }
.matrix .heat thead th.number { writing-mode: vertical-rl; transform: rotate(180deg); padding: .4rem .3rem; text-align: left; }
.matrix .heat td { min-width: 2.35rem; padding-inline: .3rem; font-size: .82rem; }
.matrix .heat tbody th { font-size: .82rem; }
.matrices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(31rem, 100%), 1fr)); gap: 1rem 2rem; }
.matrices > * { min-width: 0; }

.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(25rem, 100%), 1fr)); gap: 1.5rem 2rem; }
figure { margin: 0; min-width: 0; }
.charts svg { width: 100%; max-width: 31rem; height: auto; display: block; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; padding: 0; margin: .8rem 0 1rem; font-size: .9rem; }
.legend li { display: flex; align-items: center; gap: .45rem; max-width: none; }
.legend svg { flex: none; }
.charts figcaption { font-weight: 600; color: var(--text); font-size: .95rem; margin-bottom: .2rem; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--accent); }

.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(5.6rem, 1fr)); gap: 1rem .8rem; list-style: none; padding: 0; margin: .8rem 0; }
.mistakes li { font-size: .8rem; line-height: 1.35; }
.mistakes img { width: 100%; height: auto; max-width: 6rem; display: block; image-rendering: pixelated; border-radius: 4px; margin-bottom: .3rem; }
.mistakes b { display: block; }
.pictures { margin: 1rem 0 1.4rem; }
.pictures figcaption { margin-bottom: .4rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(6rem, 1fr)); gap: .9rem .7rem; list-style: none; padding: 0; margin: 0; }
.tiles.bare { grid-template-columns: repeat(auto-fill, minmax(3.2rem, 3.2rem)); gap: .35rem; }
/* One picture with the weights of many units. */
.tiles.bare:has(> li:only-child) { grid-template-columns: minmax(0, 14rem); }
.tiles.bare > li:only-child img { max-width: none; }
.tiles li { font-size: .8rem; line-height: 1.3; }
.tiles img { width: 100%; max-width: 8rem; height: auto; display: block; image-rendering: pixelated; border-radius: 3px; margin-bottom: .25rem; }
dl.definitions dt { font-weight: 600; margin-top: .7rem; }
dl.definitions dd { margin: 0; max-width: 46rem; }
pre { background: var(--panel); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .875rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: 1rem; }

@media (min-width: 36.01rem) {
  caption { white-space: nowrap; }
}
@media (max-width: 36rem) {
  body { padding-inline: 1rem; }
  h1 { font-size: 1.5rem; }
  th, td { padding-inline: .5rem; }
  .scroll th:first-child { padding-right: .6rem; }
  .card { padding: .7rem .8rem .8rem; }
  .card .value { font-size: 1.5rem; }
  /* The row heading stays visible while the numbers scroll. */
  .scroll th:first-child { position: sticky; left: 0; background: var(--page); }
}
@media print {
  :root {
    color-scheme: light;
    --page: #fff; --text: #000; --soft: #444; --rule: #ccc; --panel: #f3f3f3; --accent: #0b62a8; --warm: #fff6e0;
    --series-1: #0072b2; --series-2: #c75000; --series-3: #008a63; --series-4: #b3588c; --series-5: #a87400;
  --series-6: #5b6570; --series-7: #4a3fb5; --series-8: #8c2d04;
  }
  html { font-size: 11px; }
  body { max-width: none; padding: 0; }
  nav, summary { display: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  figure, tr, .card, .mistakes li { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .scroll { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`.trim();
