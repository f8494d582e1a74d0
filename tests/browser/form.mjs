// Go through the form: upload, confirm, choose, check, make, download. What is filled in comes as JSON on standard input.
import { readdirSync } from 'node:fs';
import { answer, axe, keyboard, open, settings } from './browser.mjs';

const asked = settings();
const { context, page, told } = await open({ ...asked, bypassPolicy: Boolean(asked.axe) });
const found = { violations: {}, keyboard: {}, wider: {}, said: {}, downloads: {} };

async function look(name) {
  if (asked.axe) {
    found.violations[name] = await axe(page, asked.axe);
    found.keyboard[name] = await keyboard(page);
    found.wider[name] = await widerThanPhone();
  }
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/${name}.png`, fullPage: true });
}

// How many CSS pixels the page is too wide for a screen of 320, or for a large one at 400 pct.
async function widerThanPhone() {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 800 });
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.setViewportSize(before);
  return wider;
}

// The folders that the server keeps for the people who are at work.
function sessions() {
  return readdirSync(asked.kept, { recursive: true }).filter((name) => /jobreport-form-[^/]+.jobreport-form-[^/]+$/.test(name));
}

async function press(label, until) {
  await page.getByRole('button', { name: label, exact: true }).click();
  await until.waitFor({ timeout: 300000 });
}

// What "Check" says, once it is no longer what it said before or that it is at work.
async function verdict() {
  const said = page.locator('.said').nth(1);
  const before = await said.count() > 0 ? await said.innerText() : '';
  await page.getByRole('button', { name: asked.buttons.check, exact: true }).click();
  await page.waitForFunction((before) => {
    const now = document.querySelectorAll('.said')[1];
    return now?.querySelector('pre') && now.innerText !== before;
  }, before, { timeout: 300000 });
  return said.innerText();
}

async function give(button, files) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
  await chooser.setFiles(files);
  await page.waitForFunction(
    ([element, count]) => element.innerText.includes(`(${count})`), [await button.elementHandle(), files.length],
  );
}

try {
  await page.goto(asked.url);
  const uploads = page.locator('.widget-upload');
  await uploads.first().waitFor();
  if (asked.language) {
    await page.getByLabel('Sprog / Language').selectOption({ label: asked.language });
    await page.getByRole('heading', { name: asked.heading }).waitFor();
  }
  found.page_language = await page.evaluate(() => document.documentElement.lang);
  await look('start');
  await give(uploads.nth(0), asked.survey);
  if (asked.codebook) await give(uploads.nth(1), [asked.codebook]);
  await press(asked.buttons.read, page.locator('.said').first());
  found.said.found = await page.locator('.said').first().innerText();
  if (asked.kept) found.sessions = sessions().length;
  found.refused = await page.locator('.said.alert').count() > 0;
  await look(found.refused ? 'refused' : 'read');
  if (!found.refused) {
    if (asked.tooSoon) {
      found.said.tooSoon = await verdict();
      await look('too soon');
    }
    for (const [label, value] of asked.chosen ?? []) await page.getByLabel(label, { exact: true }).selectOption(value);
    for (const label of asked.ticked ?? []) await page.getByLabel(label).check();
    if (asked.tickedAll) {
      for (const box of await page.getByLabel(asked.tickedAll).all()) await box.check();
    }
    for (const [label, value] of asked.written ?? []) {
      const field = page.getByLabel(label, { exact: true });
      await field.fill(value);
      await field.blur();
    }
    for (const [label, value] of asked.chosenLater ?? []) {
      await page.getByLabel(label, { exact: true }).selectOption(value);
    }
    await page.waitForTimeout(500);
    await look('filled');
    found.said.checked = await verdict();
    await look('checked');
    if (asked.make) {
      if (await page.locator('.said.alert').count() > 0) throw new Error(found.said.checked);
      await press(asked.buttons.make, page.locator('.downloads'));
      found.pages = await page.locator('.pages img').count();
      await look('made');
      for (const link of await page.locator('.downloads a').all()) {
        const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
        const path = `${asked.downloads}/${download.suggestedFilename()}`;
        await download.saveAs(path);
        found.downloads[download.suggestedFilename()] = path;
      }
    }
  }
  found.ran = [await page.evaluate(() => window.ran)];
  for (const [name, path] of Object.entries(found.downloads)) {
    if (!name.endsWith('.html')) continue;
    await page.goto(`file://${path}`);
    found.ran.push(await page.evaluate(() => window.ran));
    found.read = await page.evaluate(() => document.body.innerText);
  }
} catch (failure) {
  found.failure = String(failure);
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/failure.png`, fullPage: true });
}
await page.goto('about:blank');
await context.close();
answer({ ...found, ...told });
