import { train } from './training.js';

// No await outside of functions, so that this is CommonJS as well.
train({ backend: process.argv[2], threads: Number(process.argv[3]) }).then((result) => {
  console.log(JSON.stringify(result));
});
