// What the file browser of JupyterLab shows: beside the notebooks, and in the project's folder.
import { answer, open, settings } from './browser.mjs';

const asked = settings();
const { context, page, told } = await open(asked);
const found = {};
const names = async () => (await page.locator('.jp-DirListing-itemName').allInnerTexts()).map((name) => name.trim());
try {
  await page.goto(`${asked.url}&reset`);
  await page.locator('.jp-DirListing-itemName', { hasText: 'explore.ipynb' }).waitFor();
  found.notebooks = await names();
  await page.locator('.jp-BreadCrumbs-home').click();
  await page.locator('.jp-DirListing-itemName', { hasText: 'params' }).waitFor();
  found.project = await names();
} catch (failure) {
  found.failure = String(failure);
}
await context.close();
answer({ ...found, ...told });
