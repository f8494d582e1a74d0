// What a form must stand: files too large for it, a page that goes in the midst of an upload, two pages at once.
import { answer, open, settings } from './browser.mjs';

const asked = settings();
const { context, page, told } = await open(asked);
const found = {};

async function opened() {
  const one = await context.newPage();
  await one.goto(asked.url);
  await one.locator('.widget-upload').first().waitFor();
  return one;
}

// As a person closes a page: it can still say so.
async function leave(one) {
  await one.goto('about:blank');
  await one.close();
}

async function choose(one, files) {
  const button = one.locator('.widget-upload').first();
  const [chooser] = await Promise.all([one.waitForEvent('filechooser'), button.click()]);
  await chooser.setFiles(files);
  return button;
}

async function read(one, files) {
  const button = await choose(one, files);
  await one.waitForFunction((element) => /\([1-9]\d*\)/.test(element.innerText), await button.elementHandle());
  await one.getByRole('button', { name: asked.read, exact: true }).click();
  await one.waitForFunction((name) => document.querySelector('.folded p')?.innerText.includes(name), files[0].split('/').pop());
  await one.locator('.folded details summary').click();
  return one.locator('.folded').first().innerText();
}

try {
  const first = await opened(), second = await opened();
  const held = () => first.evaluate(() => performance.memory.usedJSHeapSize);
  const before = await held();
  const button = await choose(first, asked.large);
  await first.locator('#too-large').waitFor();
  found.refused = await first.locator('#too-large').innerText();
  found.role = await first.locator('#too-large > [role=alert]').count();
  found.taken = await button.innerText();
  found.held = await held() - before;
  if (asked.screenshots) await first.screenshot({ path: `${asked.screenshots}/large.png`, fullPage: true });
  const leaving = await opened();
  await choose(leaving, asked.slow);
  await leaving.waitForTimeout(300); // the file is on its way
  await leave(leaving);
  [found.first, found.second] = await Promise.all([read(first, [asked.files[0]]), read(second, [asked.files[1]])]);
  found.still = await first.locator('#too-large').count();
  await leave(first);
  await second.locator('.again-1').click();
  found.afterwards = await read(second, [asked.files[0]]);
} catch (failure) {
  found.failure = String(failure);
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/failure.png`, fullPage: true });
}
for (const each of context.pages()) await each.goto('about:blank');
await context.close();
answer({ ...found, ...told });
