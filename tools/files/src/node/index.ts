export { makeFolder, removeEmpty } from './make-folder';
export { hostId, isAlive, partialName, removePartials } from './partial';
export { readRegularFile } from './read-regular-file';
export { isSystemError, systemReason } from './system-error';
export { writeAtomically } from './write-atomically';
