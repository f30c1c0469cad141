import { expect, it } from 'vitest';
import { parseBrowser } from './machine.browser';

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  [`${chrome} Chrome/156.0.0.0 Safari/537.36`, 'Chromium 156.0.0.0'],
  [`${chrome} HeadlessChrome/156.0.0.0 Safari/537.36`, 'Chromium 156.0.0.0'],
  [`${chrome} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.1.2`, 'Edge 156.0.1.2'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:152.0) Gecko/20100101 Firefox/152.0', 'Firefox 152.0'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Safari 26.0',
  ],
  ['Something else', 'Something else'],
])('%s is %s', (userAgent, expected) => {
  expect(parseBrowser(userAgent)).toBe(expected);
});
