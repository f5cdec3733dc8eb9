import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { Client } from '../harness/client.ts';
import { type Platform, startPlatform } from '../harness/platform.ts';
import { unknownRing } from '../harness/ring.ts';
import { until } from '../harness/until.ts';
import { Browsers, browserBinary, overflow, signIn } from './browser.ts';

const binary = browserBinary();

(binary ? describe : describe.skip)('the pages in a browser', () => {
  let platform: Platform;
  let browsers: Browsers;
  /** The order that goes from page to page. */
  let number: string;
  let orderId: string;

  beforeAll(async () => {
    platform = await startPlatform('embedded');
    browsers = await Browsers.open(platform.url, binary!);
  }, 240_000);

  afterEach(async () => {
    const complaints = browsers.complaints();
    await browsers.tidy();
    expect(complaints).toEqual([]);
  });

  afterAll(async () => {
    await browsers?.[Symbol.asyncDispose]();
    await platform?.[Symbol.asyncDispose]();
  }, 60_000);

  const open = (path: string, person?: RegExp, options?: { locale?: string; width?: number }) =>
    browsers.window(path, options).then(async (page) => {
      if (person) await signIn(page, person);
      return page;
    });
  const byStatus = (page: Page, text: string) => page.locator('.badge', { hasText: text });

  test('the start page leads to the five pages, in the language one reads', async () => {
    const page = await open('/', undefined, { locale: 'ru-RU' });
    await page.getByRole('heading', { name: 'Ваша модель становится украшением' }).waitFor();
    const links = page.locator('main').getByRole('link');
    const addresses = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(addresses).toEqual(['/shop', '/seller', '/operator', '/partner', '/playground']);

    await page.getByRole('button', { name: 'EN', exact: true }).click();
    await page.getByRole('heading', { name: 'Your model becomes jewellery' }).waitFor();
    await page
      .getByRole('link', { name: /^Sellers/ })
      .first()
      .click();
    await page.getByText('This page is for: seller').waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
  }, 60_000);

  test('shop: a model in 3D, its price as it comes, accepted', async () => {
    const page = await open('/shop', /Anna/);
    const { bytes } = unknownRing();
    await page.setInputFiles('input[type=file]', {
      name: 'my-ring.stl',
      mimeType: 'model/stl',
      buffer: bytes,
    });
    await page.locator('canvas[data-ready=true]').waitFor();
    expect(await page.getByText(/^[\d.]+ × [\d.]+ × [\d.]+ mm$/).count()).toBe(1);

    await page.getByLabel('Alloy').selectOption('GOLD_750_YELLOW');
    await page.getByLabel('Quantity').fill('2');
    await page.getByRole('button', { name: 'Get the price' }).click();
    await page.getByText('The price is ready').first().waitFor();
    orderId = decodeURIComponent(new URL(page.url()).hash.split('/').at(-1)!);

    using anna = new Client(platform.url, await platform.token('customer', 'customer-1'));
    const { order } = await anna.ask(
      'query ($id: ID!) { order(id: $id) { number alloy quantity price { totalMinor lines { amountMinor } } } }',
      { id: orderId },
    );
    number = order.number;
    expect(order).toMatchObject({ alloy: 'GOLD_750_YELLOW', quantity: 2 });
    const shown = (await page.locator('.price .total').textContent())!;
    expect(Number(shown.replaceAll(/\D/g, ''))).toBe(order.price.totalMinor);
    expect(await page.locator('.price tbody tr').count()).toBe(order.price.lines.length);

    await page.getByRole('button', { name: 'Wall thickness' }).press('Enter');
    await page.locator('canvas[data-walls=true]').waitFor();
    expect(await page.locator('canvas').getAttribute('aria-label')).toMatch(/The thinnest wall is [\d.]+ mm/);
    await page.getByRole('img', { name: /orange is thinner than 0.5 mm/ }).waitFor();

    await page.getByRole('button', { name: 'Accept the price' }).click();
    await page.getByText(/You accepted the price/).waitFor();
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.getByRole('link', { name: number }).waitFor();
  }, 120_000);

  test('shop: the price is shown also when the page learns that it is there before its message comes', async () => {
    const page = await browsers.window('/shop');
    await page.routeWebSocket(/\/graphql$/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        if (!/"stage":"(CALCULATING|CALCULATED)"/.test(String(message))) socket.send(message);
      });
    });
    await signIn(page, /Anna/);
    using anna = new Client(platform.url, await platform.token('customer', 'customer-1'));
    // The page hears that its order is submitted when the price is there already.
    await page.route('**/graphql', async (route) => {
      const submission = /submitOrder/.test(route.request().postData() ?? '');
      const response = await route.fetch();
      if (submission) {
        const { id } = JSON.parse(route.request().postData()!).variables;
        await until('the price is there', async () => {
          const { order } = await anna.ask('query ($id: ID!) { order(id: $id) { status } }', { id });
          return order.status === 'PRICE_CALCULATED';
        });
      }
      await route.fulfill({ response });
    });
    const model = { name: 'late.stl', mimeType: 'model/stl', buffer: unknownRing().bytes };
    await page.setInputFiles('input[type=file]', model);
    await page.locator('canvas[data-ready=true]').waitFor();
    await page.getByRole('button', { name: 'Get the price' }).click();
    await page.getByText('The price is ready').first().waitFor();
    await page.getByRole('button', { name: 'Accept the price' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
  }, 120_000);

  test('shop: a model without a price says why, in the language of the page', async () => {
    const page = await open('/shop', /Anna/, { locale: 'ru-RU' });
    const buffer = Buffer.from('solid nothing\nendsolid nothing\n');
    await page.setInputFiles('input[type=file]', { name: 'пусто.stl', mimeType: 'model/stl', buffer });
    await page.getByText('В этом файле нет поверхности.').waitFor();
    await page.getByRole('button', { name: 'Узнать цену' }).click();
    await page.getByText('Для этой модели назвать цену нельзя').first().waitFor();
    await page
      .getByText(/ни одного треугольника/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Отменить заказ' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Отменить заказ' }).click();
    await byStatus(page, 'Отменён').first().waitFor();
  }, 120_000);

  test('seller: nothing is approved before the customer has accepted; then it is', async () => {
    const page = await open(`/seller#/orders/${orderId}`, /Вера/);
    await page.getByRole('heading', { name: `Order ${number}` }).waitFor();
    await page.getByRole('button', { name: 'Show in 3D' }).click();
    await page.locator('canvas[data-ready=true]').waitFor();
    await page.getByRole('button', { name: 'Approve for manufacturing' }).click();
    await byStatus(page, 'Approved').first().waitFor();

    const waiting = page.locator('.rows a', { hasText: 'Waits for the customer' }).first();
    if ((await waiting.count()) === 0) return; // the demo has none today
    await waiting.click();
    const approve = page.getByRole('button', { name: 'Approve for manufacturing' });
    await page.getByText(/has not accepted the price yet/).waitFor();
    expect(await approve.isDisabled()).toBe(true);
  }, 120_000);

  test('operator: an order from taken to shipped, and the customer sees it without reloading', async () => {
    const customer = await open(`/shop#/orders/${orderId}`, /Anna/);
    await byStatus(customer, 'Approved').first().waitFor();
    const page = await open('/operator', /Илья/);
    await page.getByText('Wait to be taken').waitFor();

    await page.getByRole('button', { name: `Take: ${number}` }).click();
    const mine = page.getByRole('region', { name: 'My work' }).locator('tr', { hasText: number });
    await mine.getByRole('button', { name: `Made: ${number}` }).click();
    await mine.getByRole('button', { name: `Pack: ${number}` }).click();
    await mine.getByRole('button', { name: `Ship: ${number}` }).click();
    await page.getByLabel('Tracking number').fill('RU 123 456 789');
    await page.getByRole('dialog').getByRole('button', { name: 'Ship' }).click();
    await mine.waitFor({ state: 'detached' });

    await byStatus(customer, 'Shipped').first().waitFor();
    await customer.getByText('RU 123 456 789').waitFor();
  }, 120_000);

  test('seller: a parcel that has arrived is closed', async () => {
    const page = await open('/seller', /Вера/);
    await page.getByRole('tab', { name: 'Shipped' }).click();
    await page.locator('.rows a', { hasText: number }).click();
    await page.getByRole('button', { name: 'The parcel has arrived: close' }).click();
    await byStatus(page, 'Received').first().waitFor();
    await page.locator('.rows a', { hasText: number }).waitFor({ state: 'detached' });
  }, 120_000);

  test('partner: the key is masked, the budget goes down and comes back', async () => {
    const page = await open('/partner', /Atelier Beryl/);
    expect(await page.locator('.key').textContent()).toMatch(/^•+.{4}$/);
    const points = async () =>
      Number(await page.getByRole('meter', { name: 'Your budget' }).getAttribute('value'));
    const before = await points();
    await page.getByLabel('Example').selectOption('OrdersToFollow');
    await page.getByRole('button', { name: 'What would it cost?' }).click();
    await page.getByText(/It would reserve [\d,]+ points/).waitFor();
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText('Charged').waitFor();
    expect(await page.locator('pre.result').textContent()).toContain('"orders"');
    expect(before).toBeGreaterThan(0);
    await page.waitForFunction(
      () => {
        const meter = document.querySelector<HTMLMeterElement>('.gauge meter');
        return meter !== null && meter.value === meter.max;
      },
      undefined,
      { timeout: 60_000 },
    );
  }, 120_000);

  test('partner: a query that no budget would pay for is explained', async () => {
    const page = await open('/partner', /Atelier Beryl/);
    const orders = 'orders(first: 100) { nodes { history { to } price { lines { code } } } }';
    const query = `{ ${['a', 'b', 'c', 'd'].map((alias) => `${alias}: ${orders}`).join(' ')} }`;
    await page.getByRole('textbox', { name: 'Query' }).fill(query);
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByText(/Even a full budget would not be enough/).waitFor();
    browsers.complaints(); // the browser reports every answer of status 400
  }, 60_000);

  test('playground: a query and a subscription, without the internet', async () => {
    const page = await open('/playground', /Илья/);
    const run = page.getByRole('button', { name: /^Execute query/ });
    await run.click();
    await page.locator('.result-window', { hasText: '"role": "OPERATOR"' }).waitFor();
    await page.getByRole('button', { name: 'Query plan' }).click();
    await page.getByRole('button', { name: 'Plan without running' }).click();
    await page.locator('.plan pre', { hasText: 'Fetch(service: "crm")' }).waitFor();
    await page.getByRole('tab', { name: 'WatchWorkshop' }).click();
    await run.click();
    await page.locator('.result-window', { hasText: '"ordersByStatus"' }).waitFor();
    // The plan of a subscription: what feeds it, and what is asked for each event.
    await page.locator('.plan pre', { hasText: 'Events {' }).waitFor();
  }, 120_000);

  test('a page whose platform dies says so, and goes on when it is back', async () => {
    const page = await open('/shop', /Anna/);
    await page.getByText('Live', { exact: true }).waitFor();
    await platform.kill();
    await page.getByText('Connection lost, trying again…').waitFor();
    await platform.restart();
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByRole('link', { name: number }).click();
    await byStatus(page, 'Received').first().waitFor();
    browsers.complaints(); // of the lost connection
  }, 240_000);

  test('on a telephone nothing lies beside the window', async () => {
    const page = await open('/operator', /Илья/, { width: 390 });
    await page.getByText('Wait to be taken').waitFor();
    expect(await overflow(page)).toBe(0);
    await page.goto('/partner');
    await page.getByText('This page is for').waitFor();
    expect(await overflow(page)).toBe(0);
  }, 60_000);

  test('a token that has run out is told from one that never was', async () => {
    const page = await open('/shop');
    const expired = `e30.${Buffer.from(JSON.stringify({ sub: 'customer-1', role: 'customer', exp: 1 })).toString('base64url')}.x`;
    await page.locator('header').getByRole('button', { name: 'Sign in' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Token').fill(expired);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dialog.getByText('This token has run out.').waitFor();
    await dialog.getByLabel('Token').fill('nonsense');
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await dialog.getByText('This is no token of the platform').waitFor();
  }, 60_000);
});
