// Opens reports in headless Chromium and prints what it saw as JSON, one object for each file:
//   node look.mjs CHROMIUM PLAYWRIGHT FILE...
// PLAYWRIGHT is the folder of the package playwright-core. Nothing but the files is opened.

import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

const [executablePath, playwright, ...files] = process.argv.slice(2);
const { chromium } = (await import(pathToFileURL(join(playwright, 'index.mjs')))).default
  ?? (await import(pathToFileURL(join(playwright, 'index.mjs'))));

const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});

const seen = [];
for (const file of files) {
  const address = pathToFileURL(file).href;
  const errors = [];
  const requests = [];
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: 'light' });
  page.on('console', message => { if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text()); });
  page.on('pageerror', error => errors.push(String(error)));
  page.on('request', request => requests.push(request.url()));
  await page.goto(address);

  const measure = async width => {
    await page.setViewportSize({ width, height: 900 });
    return page.evaluate(() => [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]);
  };
  const wide = await measure(1200);
  const narrow = await measure(360);
  // With everything unfolded too.
  await page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = true; }));
  const unfolded = await measure(360);
  await page.evaluate(() => document.querySelectorAll('details').forEach(details => { details.open = false; }));

  const colours = async scheme => {
    await page.emulateMedia({ colorScheme: scheme, media: 'screen' });
    return page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [style.backgroundColor, style.color];
    });
  };
  const light = await colours('light');
  const dark = await colours('dark');

  // On paper, with the dark scheme still asked for and everything folded.
  await page.setViewportSize({ width: 720, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  const paper = await page.evaluate(() => {
    const style = getComputedStyle(document.body);
    const hidden = selector => [...document.querySelectorAll(selector)]
      .filter(element => element.getBoundingClientRect().height < 5
        || !element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }))
      .map(element => element.id);
    const parts = 'article.question, section.claim, section.statement, .answers tbody tr';
    return {
      colours: [style.backgroundColor, style.color],
      parts: document.querySelectorAll(parts).length,
      hidden: hidden(parts),
      width: [document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth],
    };
  });
  const pdf = (await page.pdf({ preferCSSPageSize: true, outline: true, tagged: true })).toString('latin1');
  const titles = [...pdf.matchAll(/\/Title \(((?:\\.|[^\\)])*)\)/g)].map(match => match[1].replace(/\\(.)/g, '$1'));

  await page.emulateMedia({ colorScheme: 'light', media: 'screen' });
  const page_says = await page.evaluate(() => ({
    title: document.title,
    scripts: document.scripts.length,
    questions: [...document.querySelectorAll('article.question h3')].map(head => head.textContent),
    unnamed: [...document.querySelectorAll('svg')]
      .filter(svg => svg.getAttribute('aria-hidden') !== 'true' && !(svg.getAttribute('role') === 'img' && svg.querySelector('title')?.textContent))
      .length,
    headless: [...document.querySelectorAll('th')].filter(cell => !cell.getAttribute('scope')).length,
    skipped: [...document.querySelectorAll('h1, h2, h3, h4')].map(head => +head.tagName[1])
      .filter((level, place, all) => level > (place ? all[place - 1] : 0) + 1).length,
    images: [...document.querySelectorAll('svg[role=img]')].length,
  }));
  await page.close();
  seen.push({ file, errors, requests: requests.filter(url => url !== address && !url.startsWith('data:')), wide, narrow, unfolded,
    light, dark, paper, pages: (pdf.match(/\/Type \/Page\b/g) ?? []).length, is_pdf: pdf.startsWith('%PDF'), titles, ...page_says });
}
await browser.close();
console.log(JSON.stringify(seen));
