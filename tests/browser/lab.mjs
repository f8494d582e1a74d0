// Run a notebook in JupyterLab from the top; in explore.ipynb, choose another municipality and see the figure change.
import { answer, open, settings } from './browser.mjs';

// what an exception is shown as, by the version of JupyterLab; a warning counts too
const FAILURE = '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]';

const asked = settings();
const { context, page, told } = await open(asked);
const found = {};
try {
  await page.goto(`${asked.url}&reset`); // else the notebooks that were open last time come back beside this one
  await page.locator('.jp-NotebookPanel-notebook').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.jp-Notebook .jp-Cell').length > 3);
  const kernel = page.locator('.jp-StatusBar-TextItem, .jp-StatusBar-Widget', { hasText: /ipykernel\) \| / });
  await kernel.filter({ hasText: 'Idle' }).first().waitFor();
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Run All Cells$/ }).click();
  // a cell that was run has a number; one that waits or runs has a star, and one after a failure stays empty
  await page.waitForFunction((failure) => {
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map((each) => each.innerText.trim());
    return prompts.length > 0 && (document.querySelector(failure) || prompts.every((each) => /^\[\d+\]:$/.test(each)));
  }, FAILURE, { timeout: 600000 });
  found.errors_shown = await page.locator(FAILURE).allInnerTexts();
  if (asked.choose && found.errors_shown.length === 0) {
    const menu = page.getByLabel(asked.choose[0], { exact: true }).first();
    await menu.scrollIntoViewIfNeeded();
    const drawing = page.locator('.widget-html-content figure').first();
    const before = await drawing.innerHTML();
    await menu.selectOption({ label: asked.choose[1] });
    await page.waitForFunction(
      (before) => document.querySelector('.widget-html-content figure')?.innerHTML !== before, before,
    );
    found.changed = (await drawing.innerHTML()) !== before;
  }
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/${asked.name}.png` });
  if (asked.export) {
    await page.keyboard.press('Control+s'); // what is exported is the file
    await page.waitForTimeout(5000);
    const downloads = [];
    const kept = (one) => one.on('download', (download) => downloads.push(download));
    [page, ...context.pages()].forEach(kept);
    context.on('page', kept);
    await page.locator('.lm-MenuBar-itemLabel', { hasText: /^File$/ }).click();
    await page.locator('.lm-Menu-itemLabel', { hasText: /^Save and Export Notebook As/ }).hover();
    await page.locator('.lm-Menu-itemLabel', { hasText: asked.export }).click();
    for (let waited = 0; waited < 300 && downloads.length === 0; waited += 1) await page.waitForTimeout(1000);
    await downloads[0].saveAs(asked.exported);
    found.exported = downloads[0].suggestedFilename();
  }
  await page.keyboard.press('Control+s');
  await page.waitForTimeout(3000);
} catch (failure) {
  found.failure = String(failure);
  if (asked.screenshots) await page.screenshot({ path: `${asked.screenshots}/${asked.name}-failure.png` });
}
await context.close();
answer({ ...found, ...told });
