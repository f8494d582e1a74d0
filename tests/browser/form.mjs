// Go through the form: upload, confirm, choose, check, make, download. What is filled in comes as JSON on standard input.
import { answer, axe, open, settings } from './browser.mjs';

const asked = settings();
const { context, page, told } = await open({ ...asked, bypassPolicy: Boolean(asked.axe) });
const found = { violations: {}, said: {}, downloads: {} };

async function look(name) {
  if (asked.axe) found.violations[name] = await axe(page, asked.axe);
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/${name}.png`, fullPage: true });
}

async function press(label, until) {
  await page.getByRole('button', { name: label, exact: true }).click();
  await until.waitFor({ timeout: 300000 });
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
  found.refused = await page.locator('.said.alert').count() > 0;
  if (!found.refused) {
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
    const verdict = page.locator('.said').nth(1);
    await page.getByRole('button', { name: asked.buttons.check, exact: true }).click();
    await page.locator('.said.alert pre, .said.status pre').nth(1).waitFor({ timeout: 300000 });
    found.said.checked = await verdict.innerText();
    await look('checked');
    if (asked.make) {
      await press(asked.buttons.make, page.locator('.downloads'));
      found.said.made = await verdict.innerText();
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
} catch (failure) {
  found.failure = String(failure);
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/failure.png`, fullPage: true });
}
await page.goto('about:blank');
await context.close();
answer({ ...found, ...told });
