import { answerQuestions } from '@alexandrite/baton/answer-questions';
import { createBaton } from '@alexandrite/baton/create-baton';
import { orderArchiveSql } from '@alexandrite/baton/order-archive';
import { orderGuardSql } from '@alexandrite/baton/order-guard';
import { OrderRecord, ordersTableSql } from '@alexandrite/baton/order-record';
import { writtenMovesSql } from '@alexandrite/baton/written-moves';
import type { Database } from '@alexandrite/database';
import { openDatabase } from '@alexandrite/database/open-database';
import { createTestDatabase } from '@alexandrite/e2e/harness/postgres';
import { until } from '@alexandrite/e2e/harness/until';
import { openOutbox } from '@alexandrite/outbox/open-outbox';
import { outboxTablesSql } from '@alexandrite/outbox/outbox-tables';
import type { OrderMoved } from '@alexandrite/schema/events';
import type { System } from '@alexandrite/schema/order-status';
import { Metrics } from '@alexandrite/telemetry/metrics';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ShopService } from '../src/build.ts';
import { compareViews } from '../src/reconciler/compare.ts';
import { type Ask, asking, create, mutate, ServedShop, uploadedModel } from './served-shop.ts';

describe('comparing views', () => {
  const view = (version: number, status = 'SUBMITTED' as const, holder: System = 'MES') => [
    { id: 'o', version, status, holder },
  ];
  const compare = (
    shop: ReturnType<typeof view>,
    crm: ReturnType<typeof view>,
    mes: ReturnType<typeof view>,
  ) =>
    compareViews(
      new Map([
        ['SHOP' as const, shop],
        ['CRM' as const, crm],
        ['MES' as const, mes],
      ]),
    ).map(({ system, code, version, knownVersion }) => [system, code, version, knownVersion]);

  test('finds what is missing, behind or another', () => {
    expect(compare(view(3), view(3), view(3))).toEqual([]);
    expect(compare(view(3), view(3), [])).toEqual([['MES', 'MISSING', null, 3]]);
    expect(compare([], view(2), view(3))).toEqual([
      ['SHOP', 'MISSING', null, 3],
      ['CRM', 'BEHIND', 2, 3],
    ]);
    expect(compare(view(3, 'SUBMITTED', 'CRM'), view(3), view(3))).toEqual([['SHOP', 'CONTRADICTS', 3, 3]]);
  });
});

describe('the reconciler', () => {
  const served = new ServedShop();
  const opened: AsyncDisposable[] = [];
  let shop: ShopService;
  let mes: Database;
  let crm: Database;
  let alice: Ask;
  const admin = (query: string) => asking(shop, 'admin-1', 'admin')(query);

  beforeAll(async () => {
    shop = await served.open();
    alice = asking(shop, 'alice');
    [mes, crm] = [await open('MES'), await open('CRM')];
  });
  afterAll(async () => {
    for (const one of opened.reverse()) await one[Symbol.asyncDispose]();
    await served[Symbol.asyncDispose]();
  });

  /** Another system, as far as the baton goes. */
  async function open(system: System): Promise<Database> {
    const { bus, cache } = served.ports;
    const { log } = served.log;
    const { url, ...server } = await createTestDatabase(system);
    opened.push(server);
    const metrics = new Metrics(system);
    const sql = `${ordersTableSql} ${orderArchiveSql} ${outboxTablesSql} ${orderGuardSql} ${writtenMovesSql}`;
    const migrations = [{ name: '0001', sql }];
    const database = await openDatabase({ url, entities: [OrderRecord], migrations, log, metrics });
    const outbox = openOutbox({ database, bus, log, metrics });
    const onMove = async () => {};
    const baton = createBaton({ system, database, outbox, bus, cache, log, metrics, onMove });
    opened.push(database, outbox, baton);
    await outbox.start();
    await baton.start();
    const waitsFor = async () => new Map();
    opened.push(await answerQuestions({ system, database, outbox, bus, log, waitsFor }));
    return database;
  }

  const versionIn = async (one: Database, id: string) => {
    const [row] = await one.em().execute('select version from orders where id = ?', [id]);
    return row?.version ?? null;
  };

  async function submitted(): Promise<string> {
    const { id } = await create(alice, await uploadedModel(shop, alice));
    await mutate(alice, 'submitOrder', id);
    await until(
      'both know of it',
      async () => (await versionIn(mes, id)) === 3 && (await versionIn(crm, id)) === 3,
    );
    return id;
  }

  async function forget(database: Database, id: string): Promise<void> {
    await database.em().execute('delete from orders where id = ?', [id]);
  }

  async function reconciled() {
    const { data } = await admin('mutation { reconcile(all: true) { id outcome requestedBy } }');
    const { id } = data!.reconcile;
    return until('the run has ended', async () => {
      const { data } = await admin(`{ reconciliation(id: "${id}") {
        outcome orders found repaired requestedBy finishedAt
        divergences { nodes { orderId order { id } system code version knownVersion repairedAt } } } }`);
      return data!.reconciliation.finishedAt && data!.reconciliation;
    });
  }

  test('has what a system has missed said again, and reports what contradicts', async () => {
    const [fine, lost, late, wrong] = [
      await submitted(),
      await submitted(),
      await submitted(),
      await submitted(),
    ];
    await forget(mes, lost);
    await forget(crm, late);
    const [first] = await shop.database
      .em()
      .execute<{ event: OrderMoved }[]>(
        'select event from written_moves where order_id = ? and version = 1',
        [late],
      );
    await served.ports.bus.publish(`orders.alice.${late}.INITIATED`, first!.event, { messageId: 'again' });
    await until('the CRM knows the beginning', async () => (await versionIn(crm, late)) === 1);
    const em = crm.em();
    await em.execute('alter table orders disable trigger check_move');
    await em.execute(`update orders set status = 'CANCELLED' where id = ?`, [wrong]);
    await em.execute('alter table orders enable trigger check_move');

    const run = await reconciled();
    expect(run).toMatchObject({ outcome: 'DONE', orders: 4, found: 3, repaired: 2, requestedBy: 'admin-1' });
    const found = run.divergences.nodes.map(
      ({ orderId, system, code, version, knownVersion, repairedAt }: Record<string, unknown>) => [
        ...[orderId, system, code, version, knownVersion, repairedAt !== null],
      ],
    );
    expect(found).toHaveLength(3);
    expect(found).toContainEqual([lost, 'MES', 'MISSING', null, 3, true]);
    expect(found).toContainEqual([late, 'CRM', 'BEHIND', 1, 3, true]);
    expect(found).toContainEqual([wrong, 'CRM', 'CONTRADICTS', 3, 3, false]);
    for (const id of [fine, lost, late]) {
      expect([await versionIn(mes, id), await versionIn(crm, id)]).toEqual([3, 3]);
    }
    expect(await reconciled()).toMatchObject({ outcome: 'DONE', found: 1, repaired: 0 });
  }, 60_000);

  test('runs by itself too, and is for administrators', async () => {
    const rows = await shop.database
      .em()
      .execute(`select 1 from reconciliations where requested_by = 'schedule'`);
    expect(rows.length).toBeGreaterThan(0);
    const { data, errors } = await alice('mutation { reconcile { id } }');
    expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'FORBIDDEN']);
    expect((await alice('{ reconciliation { id } }')).data).toEqual({ reconciliation: null });
  });

  test('says so when a system does not answer', async () => {
    for (const one of opened.splice(-1)) await one[Symbol.asyncDispose](); // the CRM's answers
    expect(await reconciled()).toMatchObject({ outcome: 'SYSTEM_SILENT' });
  }, 60_000);
});
