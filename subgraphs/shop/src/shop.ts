import type { Baton } from '@alexandrite/baton';
import type { Database } from '@alexandrite/database';
import type { OwnWrites } from '@alexandrite/database/own-writes';
import type { Files } from '@alexandrite/files';
import type { Tariff } from '@alexandrite/tariff';
import type { Log } from '@alexandrite/telemetry/log';
import type { SubmitLimit } from './limit/submit-limit.ts';
import type { DownloadUrls } from './model/download-url.ts';
import type { StageClock } from './promise/stage-times.ts';

/** What the shop's verbs work with, for as long as the process lives. */
export interface Shop {
  database: Database;
  /** Lists are read by it: on the replica, where there is one. */
  ownWrites: OwnWrites;
  baton: Baton;
  files: Files;
  log: Log;
  downloadUrls: DownloadUrls;
  submitLimit: SubmitLimit;
  /** The tariff that holds now. */
  tariff: () => Tariff;
  /** How long orders usually stay where. */
  stageClock: StageClock;
  publicUrl: string;
  maxUploadBytes: number;
  submitsPerMinute: number;
}
