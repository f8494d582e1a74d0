// What every script needs: a browser that asks nobody but this machine, and one line of JSON as the answer.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const USABLE = 'a[href], button, select, input:not([type=file]), textarea, [tabindex="0"]';
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

// Where Tab leads, and what of the page can be used but is never reached or shows no focus.
export async function keyboard(page) {
  await page.evaluate((usable) => {
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    window.scrollTo(0, 0);
    const seen = (element) => !element.disabled && element.getClientRects().length > 0 && element.checkVisibility();
    [...document.querySelectorAll(usable)].filter(seen).forEach((element, place) => { element.dataset.place = place; });
  }, USABLE);
  const all = await page.locator('[data-place]').count();
  const stops = {};
  for (let pressed = 0; pressed < 8 * all && Object.keys(stops).length < all; pressed += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement, style = getComputedStyle(element);
      const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
      return { place: element.dataset.place, name: element.outerHTML.slice(0, 120), ring };
    });
    if (stop.place !== undefined) stops[stop.place] ??= stop; // a date has stops inside, with rings that a page cannot see
  }
  const without = Object.values(stops).filter((stop) => !stop.ring).map((stop) => stop.name);
  return { all, reached: Object.keys(stops).length, without };
}

export function settings() {
  return JSON.parse(readFileSync(0, 'utf8'));
}

export function answer(found) {
  process.stdout.write(JSON.stringify(found) + '\n');
}
