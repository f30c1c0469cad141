// What a run needs of files. In a browser its namesake stands in for it.
export { mkdir, readdir, readFile, rm } from 'node:fs/promises';
export { join } from 'node:path';
