/** The colors of reports and charts, light and dark by the reader's setting, as CSS variables. */
export const colors = `:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1c2024; --soft: #5b6570; --rule: #d9dee3; --panel: #f5f7f9; --accent: #0b62a8;
  --warm: #fff6e0; --warm-rule: #d9a400;
  --series-1: #0072b2; --series-2: #c75000; --series-3: #008a63; --series-4: #b3588c; --series-5: #a87400;
  --series-6: #5b6570; --series-7: #4a3fb5; --series-8: #8c2d04;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181c; --text: #e6e9ec; --soft: #9aa5b1; --rule: #333b44; --panel: #1c2228; --accent: #6db9f2;
    --warm: #2c2614; --warm-rule: #b98d00;
    --series-1: #56b4e9; --series-2: #f08c4a; --series-3: #35c69a; --series-4: #e09bc4; --series-5: #e6b422;
    --series-6: #b4bec8; --series-7: #a79ef5; --series-8: #e0805c;
  }
}
`;
