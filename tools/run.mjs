// The program behind `npm test`, `npm run bench` and `npm run pack`; it needs only Node and npm. See tools/README.md.
//   node tools/run.mjs test [--only STAGE,STAGE]
//   node tools/run.mjs bench [ARGUMENTS OF THE BENCH]
//   node tools/run.mjs pack
const [major] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(
    `Tenfold needs Node 20 or newer, this is Node ${process.versions.node}. See https://nodejs.org.`,
  );
  process.exit(1);
}
const [command, ...args] = process.argv.slice(2);
const commands = { test: './test.mjs', bench: './bench.mjs', pack: './pack-all.mjs' };
if (!Object.hasOwn(commands, command ?? '')) {
  console.error(
    'usage: node tools/run.mjs test [--only STAGE,STAGE]\n       node tools/run.mjs bench [ARGUMENTS]\n       node tools/run.mjs pack',
  );
  process.exit(2);
}
const { main } = await import(commands[command]);
process.exitCode = await main(args);
