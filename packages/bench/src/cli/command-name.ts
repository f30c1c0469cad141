/** How to start the bench here: with npm's script in a clone, where no command is installed, and with npx elsewhere. */
export const commandName = (env: NodeJS.ProcessEnv): string =>
  env.npm_lifecycle_event === 'bench' ? 'npm run bench --' : 'npx @tenfold/bench';
