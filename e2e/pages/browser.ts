import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/**
 * A Chromium of this machine (`CHROMIUM` names one), or null: the tests that need it must then be skipped. Says so
 * loudly on a laptop, and throws where `CI` is set, since there a skipped test would pass unseen.
 */
export function browserBinary(): string | null {
  const given = process.env.CHROMIUM;
  if (given) return given;
  for (const folder of (process.env.PATH ?? '').split(delimiter).concat('/usr/bin')) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not this one; none at all is decided below
      }
    }
  }
  if (process.env.CI)
    throw new Error('no Chromium is installed, and CI must not skip the tests of the pages');
  process.stderr.write(
    '\n*** no Chromium: the tests of the pages are SKIPPED (apt-get install chromium) ***\n\n',
  );
  return null;
}

export interface Window {
  page: Page;
  /** What went wrong in it so far: uncaught errors, and requests to anywhere but the platform. */
  complaints: string[];
}

/** A browser without a screen, drawing WebGL in software. Each window is somebody of their own. */
export class Browsers implements AsyncDisposable {
  readonly #url: string;
  readonly #browser: Browser;
  readonly #windows: Window[] = [];

  constructor(url: string, browser: Browser) {
    this.#url = url;
    this.#browser = browser;
  }

  static async open(url: string, executablePath: string): Promise<Browsers> {
    const browser = await chromium.launch({
      executablePath,
      args: [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
        ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
        ...['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
      ],
    });
    return new Browsers(url, browser);
  }

  async window(path: string, options: { locale?: string; width?: number } = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      baseURL: this.#url,
      locale: options.locale ?? 'en-GB',
      viewport: { width: options.width ?? 1_280, height: 900 },
    });
    context.setDefaultTimeout(30_000); // 30 seconds: machines are shared
    const page = await context.newPage();
    const window: Window = { page, complaints: [] };
    page.on('pageerror', (error) => window.complaints.push(`${page.url()}: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') window.complaints.push(`${page.url()}: ${message.text()}`);
    });
    context.on('request', (request) => {
      const address = request.url();
      if (!address.startsWith(this.#url) && !/^(data|blob):/.test(address))
        window.complaints.push(`asked for ${address}`);
    });
    this.#windows.push(window);
    await page.goto(path);
    return page;
  }

  /** Everything that went wrong in any window since it was last asked. */
  complaints(): string[] {
    return this.#windows.flatMap((window) => window.complaints.splice(0));
  }

  /** Closes the windows of a test. */
  async tidy(): Promise<void> {
    for (const { page } of this.#windows.splice(0)) await page.context().close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}

/** Signs in as one of the demo's people, the way a newcomer does. */
export async function signIn(page: Page, person: RegExp): Promise<void> {
  await page
    .locator('header')
    .getByRole('button', { name: /^(Sign in|Войти)$/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: person }).click();
  await page
    .locator('header')
    .getByRole('button', { name: /^(Sign out|Выйти)$/ })
    .waitFor();
}

/** How many pixels of the page lie beside the window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
