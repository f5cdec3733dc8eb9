import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const SERVERS = [
  { programs: ['nats-server'], of: 'the bus over NATS', install: 'nats-server' },
  { programs: ['redis-server', 'valkey-server'], of: 'the cache over Redis', install: 'redis-server' },
  { programs: ['chromium', 'chromium-browser', 'google-chrome'], of: 'the pages', install: 'chromium' },
];

/** One line for each server without which tests are skipped. */
export function missingServers() {
  return SERVERS.filter(({ programs }) => !programs.some(isOnPath)).map(
    ({ programs, of, install }) =>
      `no ${programs[0]}: tests of ${of} are skipped (apt-get install ${install})`,
  );
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false; // not here, perhaps in the next folder
    }
  });
}
