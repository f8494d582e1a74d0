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

const step = () => page.evaluate(() => document.querySelector('[data-step]')?.dataset.step);

// Press the button of the open step, until another one is open or something is said to be wrong.
async function onward(label) {
  const before = await step();
  await page.evaluate(() => document.querySelectorAll('.said.alert').forEach((said) => said.classList.add('old')));
  await page.getByRole('button', { name: label, exact: true }).click();
  await page.waitForFunction(
    (before) => document.querySelector('[data-step]').dataset.step !== before || document.querySelector('.said.alert:not(.old)'),
    before, { timeout: 300000 },
  );
  await page.waitForTimeout(300);
  const alert = page.locator('.said.alert:not(.old)');
  if (await alert.count() === 0) return '';
  found.focused = await page.evaluate(() => document.activeElement.outerHTML.slice(0, 160));
  return alert.first().innerText();
}

async function there(label, exact = true) {
  const fields = [];
  for (const field of await page.getByLabel(label, { exact }).all()) if (await field.isVisible()) fields.push(field);
  return fields;
}

async function shown(name) {
  const button = page.getByRole('button', { name });
  return (await button.count()) && (await button.isVisible()) ? [button] : [];
}

// Say in the open step what there is a field for.
async function fill() {
  for (const name of asked.opened ?? []) {
    for (const button of await page.getByRole('button', { name, exact: true }).all()) await button.click();
  }
  for (const [label, value] of asked.chosen ?? []) for (const field of await there(label)) await field.selectOption(value);
  for (const label of asked.ticked ?? []) for (const box of await there(label, false)) await box.check();
  if (asked.ticked || asked.chosenLater) await page.waitForTimeout(1000);
  for (const [name, file] of asked.beside ?? []) for (const button of await shown(name)) await give(button, [file]);
  for (const [label, value] of asked.written ?? []) {
    for (const [place, field] of (await there(label)).entries()) {
      await field.fill(Array.isArray(value) ? value[place] : value);
      await field.blur();
    }
  }
  for (const [label, files] of asked.given ?? []) {
    for (const button of await page.getByRole('button', { name: label }).all()) if (await button.isVisible()) await give(button, files);
  }
  for (const [label, value] of asked.chosenLater ?? []) for (const field of await there(label)) await field.selectOption(value);
  await page.waitForTimeout(500);
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
  found.refused = Boolean(found.said.found = await onward(asked.buttons.read));
  if (asked.kept) found.sessions = sessions().length;
  if (!found.refused) {
    await page.locator('details summary').first().click();
    found.said.found = await page.locator('.folded').first().innerText();
  }
  await look(found.refused ? 'refused' : 'questions');
  if (!found.refused) {
    for (const [place, name] of [['2', 'questions'], ['3', 'rounds'], ['4', 'about']]) {
      if (await step() !== place) throw new Error(`${name} is not open`);
      if (asked.tooSoon === name) {
        found.said.tooSoon = await onward(asked.buttons.right_onward);
        await look('too soon');
      }
      await fill();
      if (place !== '2') await look(name);
      if (asked.again === name) {
        await page.reload();
        await page.waitForFunction((place) => document.querySelector('[data-step]')?.dataset.step === place, place);
        await page.goBack();
        await page.waitForFunction((place) => document.querySelector('[data-step]')?.dataset.step !== place, place);
        found.back = await step();
        await onward(asked.buttons.right_onward);
      }
      const wrong = await onward(place === '4' ? asked.buttons.check : asked.buttons.right_onward);
      if (wrong && await step() !== '5') throw new Error(wrong);
    }
    await page.locator('.said.status').waitFor();
    await page.locator('.said.status details summary').click();
    found.said.checked = await page.locator('.said.status').innerText();
    await look('checked');
    if (asked.make) {
      const wrong = await onward(asked.buttons.make);
      if (wrong) throw new Error(wrong);
      await page.locator('.front img').waitFor();
      await page.getByRole('button', { name: asked.buttons.all_pages, exact: true }).click();
      await page.locator('.pages img').first().waitFor();
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
