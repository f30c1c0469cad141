/** How the bench is started here: in a clone by npm's script, which is not a command of its own, otherwise by npx. */
export const commandName = (env: NodeJS.ProcessEnv): string =>
  env.npm_lifecycle_event === 'bench' ? 'npm run bench --' : 'npx @tenfold/bench';
