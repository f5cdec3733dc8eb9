import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { serverBinary, startNats } from '../../../e2e/harness/servers.ts';
import { openFolderFiles } from '../src/folder.ts';
import { openNatsFiles } from '../src/nats.ts';
import { filesContract } from './files-contract.ts';
import { quiet } from './quiet.ts';

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

if (serverBinary('nats-server')) {
  filesContract('nats', async () => {
    const server = await startNats();
    const options = { url: server.url, name: 'files', bucket: 'models', log: quiet };
    const files = await openNatsFiles(options);
    const other = await openNatsFiles(options);
    const connection = await connect({ servers: server.url });
    const manager = await jetstreamManager(connection);
    return {
      files,
      other,
      count: async () => {
        const subjectsOf = async (filter: string) => {
          const { state } = await manager.streams.info('OBJ_models', { subjects_filter: filter });
          return Object.keys(state.subjects ?? {}).length;
        };
        // Bytes without a description and descriptions without bytes count too; each file has one of both.
        return ((await subjectsOf('$O.models.M.*')) + (await subjectsOf('$O.models.C.*'))) / 2;
      },
      [Symbol.asyncDispose]: async () => {
        await files[Symbol.asyncDispose]();
        await other[Symbol.asyncDispose]();
        await connection.close();
        await server[Symbol.asyncDispose]();
      },
    };
  });
} else describe.skip('nats', () => test('needs nats-server', () => {}));
