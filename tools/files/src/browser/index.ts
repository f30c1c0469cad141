export {
  fileHandle,
  folderHandle,
  openForWriting,
  type SyncAccessHandle,
  split,
  writeWhole,
} from './private-files';
