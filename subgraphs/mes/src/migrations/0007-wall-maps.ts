import type { SchemaVersion } from '@alexandrite/database/migrate';

export const wallMaps: SchemaVersion = {
  name: '0007-wall-maps',
  sql: `
-- where the walls of a model are, for pages to colour: by the hash of the map, since one model has many prices
create table wall_maps (
  sha256 text primary key,
  map text not null
);
alter table prices add column wall_map_sha256 text references wall_maps (sha256);
-- how long a model takes at present, for what those in the queue are told
create index pricings_measured on pricings (finished_at) include (started_at) where stage = 'CALCULATED';
`,
};
