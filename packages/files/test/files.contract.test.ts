import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderFiles } from '../src/folder.ts';
import { filesContract } from './files-contract.ts';

filesContract('folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  const files = await openFolderFiles(folder);
  const other = await openFolderFiles(folder);
  return {
    files,
    other,
    count: async () => {
      const names = await readdir(folder, { recursive: true });
      const kinds = await Promise.all(names.map((name) => stat(join(folder, name))));
      return kinds.filter((kind) => kind.isFile()).length;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
});
