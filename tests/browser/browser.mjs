// What every script needs: a browser that asks nobody but this machine, and one line of JSON as the answer.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const ARGUMENTS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export async function open(settings) {
  const context = await chromium.launchPersistentContext(settings.profile, {
    executablePath: settings.browser, args: ARGUMENTS, acceptDownloads: true, viewport: { width: 1280, height: 1000 },
    bypassCSP: Boolean(settings.bypassPolicy),
  });
  const page = context.pages()[0] ?? await context.newPage();
  const told = { elsewhere: [], errors: [] };
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.hostname !== '127.0.0.1') told.elsewhere.push(url.href);
  });
  page.on('pageerror', (error) => told.errors.push(String(error)));
  page.setDefaultTimeout(settings.patience ?? 120000);
  return { context, page, told };
}

export async function axe(page, path) {
  await page.evaluate(readFileSync(path, 'utf8'));
  return page.evaluate(async () => {
    const found = await window.axe.run(document, { resultTypes: ['violations'] });
    return found.violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))]);
  });
}

export function settings() {
  return JSON.parse(readFileSync(0, 'utf8'));
}

export function answer(found) {
  process.stdout.write(JSON.stringify(found) + '\n');
}
