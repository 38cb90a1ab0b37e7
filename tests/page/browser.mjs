// One check of one page in headless Chromium: `node browser.mjs CHECK FILE`.
// Prints what is wrong as JSON, a list of sentences; an empty list is good. `main.rs` judges.
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execFileSync } from 'node:child_process';
import { chromium } from 'playwright-core';
import { checks as ofComparison } from './compare.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const LANGUAGES = ['nl', 'en'];

const [check, file] = process.argv.slice(2);
const address = pathToFileURL(file).href;
const wrong = [];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});

// A page that notes whatever it asks for beyond itself, and whatever it tries to do.
async function open(viewport) {
  const page = await browser.newPage({ viewport });
  page.on('request', (request) => {
    if (request.url() !== address) wrong.push(`asks for ${request.url()}`);
  });
  page.on('dialog', (dialog) => { wrong.push(`opens a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on('popup', () => wrong.push('opens a window'));
  page.on('framenavigated', (frame) => {
    if (!frame.url().startsWith(address) && frame.url() !== 'about:blank') wrong.push(`goes to ${frame.url()}`);
  });
  await page.goto(address);
  return page;
}

async function choose(page, language) {
  await page.check(`#in-${language}`);
  const shown = await page.evaluate(() => [...document.querySelectorAll('.side')].filter((side) => side.checkVisibility()).map((side) => side.lang));
  if (shown.length !== 1 || shown[0] !== language) wrong.push(`${language} chosen, ${shown} shown`);
}

const CHECKS = {
  // No violation of WCAG 2.2 A and AA, nor of axe's good practice, folded and unfolded.
  async axe() {
    for (const viewport of [DESKTOP, PHONE]) {
      for (const language of LANGUAGES) {
        const page = await open(viewport);
        await choose(page, language);
        await page.evaluate(AXE);
        for (const unfolded of [false, true]) {
          await page.evaluate((on) => document.querySelectorAll('details').forEach((one) => { one.open = on; }), unfolded);
          const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations', 'passes'], rules: { 'target-size': { enabled: true } } }));
          for (const violation of result.violations) {
            const where = violation.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ');
            wrong.push(`${language} ${viewport.width} ${violation.id}: ${violation.help} (${where})`);
          }
          for (const rule of ['color-contrast', 'heading-order', 'html-has-lang', 'valid-lang', 'target-size']) {
            if (![...result.passes, ...result.violations].some((one) => one.id === rule)) wrong.push(`axe did not try ${rule}`);
          }
        }
        await page.close();
      }
    }
  },

  // Text stays text: nothing runs, nothing is fetched, no element that the page does not have of itself.
  async quiet() {
    const page = await open(DESKTOP);
    for (const language of LANGUAGES) {
      await choose(page, language);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      for (const one of await page.locator(`#${language} :is(p, dd, li, code)`).all()) {
        if (await one.isVisible()) { await one.dispatchEvent('mouseover'); }
      }
    }
    await page.waitForTimeout(300);
    wrong.push(...await page.evaluate(() => {
      const found = [];
      if (globalThis.harmed !== undefined) found.push('a text of the report was run as script');
      const strange = document.querySelectorAll('script, img, svg, iframe, object, embed, link, base, form, video, audio, math, template');
      strange.forEach((one) => found.push(`holds <${one.localName}>`));
      if (document.querySelectorAll('style').length !== 1) found.push('holds another style sheet');
      if (document.querySelectorAll('meta[http-equiv]').length !== 1) found.push('holds another instruction to the browser');
      document.querySelectorAll('*').forEach((one) => {
        for (const attribute of one.attributes) {
          if (/^on|^style$|^src$|^action$/.test(attribute.name)) found.push(`<${one.localName}> has ${attribute.name}`);
        }
        if (one.localName === 'a' && !one.getAttribute('href').startsWith('#')) found.push(`a link off the page: ${one.outerHTML}`);
      });
      return found;
    }));
  },

  // The policy holds: even markup that got onto the page could not run, style or fetch.
  async policy() {
    let arrived = 0;
    const server = createServer((_, response) => { arrived += 1; response.end(); }).listen(0, '127.0.0.1');
    await new Promise((ready) => server.once('listening', ready));
    const page = await browser.newPage();
    await page.goto(address);
    const refused = await page.evaluate(async (port) => {
      const seen = new Set();
      document.addEventListener('securitypolicyviolation', (event) => seen.add(event.effectiveDirective));
      const add = (name, set) => document.body.append(Object.assign(document.createElement(name), set));
      const base = `http://127.0.0.1:${port}/`;
      add('script', { textContent: 'globalThis.harmed = true' });
      add('script', { src: `${base}a.js` });
      add('style', { textContent: 'body { display: none }' });
      add('img', { src: `${base}a.png` });
      add('iframe', { src: base });
      document.body.insertAdjacentHTML('beforeend', '<p onclick="globalThis.harmed = true" id="click" style="color: red">x</p>');
      document.getElementById('click').click();
      await fetch(base).catch(() => {});
      await new Promise((later) => setTimeout(later, 500));
      return { seen: [...seen], harmed: globalThis.harmed === true, hidden: getComputedStyle(document.body).display === 'none' };
    }, server.address().port);
    if (refused.harmed) wrong.push('an inline script runs');
    if (refused.hidden) wrong.push('an inline style applies');
    if (arrived > 0) wrong.push(`${arrived} requests left the page`);
    for (const wanted of ['script-src-elem', 'script-src-attr', 'style-src-elem', 'style-src-attr', 'img-src', 'connect-src', 'frame-src']) {
      if (!refused.seen.includes(wanted)) wrong.push(`the policy did not refuse ${wanted}: ${refused.seen}`);
    }
    server.close();
  },

  // The language is chosen by keyboard alone, and what is hidden is out of reach of the keyboard.
  async keyboard() {
    const page = await open(DESKTOP);
    const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.getAttribute('href') || document.activeElement.localName);
    const first = await page.evaluate(() => document.querySelector('.side').lang);
    const other = LANGUAGES.find((language) => language !== first);
    await page.keyboard.press('Tab');
    if (await focused() !== `in-${first}`) wrong.push(`the first stop is ${await focused()}, not the choice of language`);
    await page.keyboard.press('ArrowRight');
    if (!await page.isVisible(`#${other}`) || await page.isVisible(`#${first}`)) wrong.push('the arrow key does not change the language');
    await page.keyboard.press('Tab');
    if (!(await focused()).startsWith(`#${other}-`)) wrong.push(`after the choice comes ${await focused()}`);
    const stops = await page.evaluate((hidden) => document.querySelectorAll(`#${hidden} :focus`).length, first);
    if (stops > 0) wrong.push('the hidden language has the focus');
    for (let at = 0; at < 400; at += 1) {
      await page.keyboard.press('Tab');
      const lost = await page.evaluate(() => document.activeElement !== document.body && !document.activeElement.checkVisibility());
      if (lost) wrong.push(`${await focused()} has the focus and is not visible`);
      if (await focused() === 'summary') { await page.keyboard.press('Enter'); break; }
    }
    if (await page.evaluate(() => document.querySelectorAll('details[open]').length) !== 1) wrong.push('a fold does not open by keyboard');
  },

  // Nothing is cut off or needs scrolling sideways: 320 pixels wide (400 % zoom), and with wide spacing of text.
  async reflow() {
    for (const spaced of [false, true]) {
      const page = await open({ width: 320, height: 640 });
      for (const language of LANGUAGES) {
        await choose(page, language);
        const over = await page.evaluate((spaced) => {
          if (spaced) {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }');
            document.adoptedStyleSheets = [sheet];
          }
          document.querySelectorAll('details').forEach((one) => { one.open = true; });
          return [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
            .map((one) => `${one.localName}.${one.className}`).slice(0, 3);
        }, spaced);
        if (over.length > 0) wrong.push(`${language}${spaced ? ', spaced' : ''}: wider than the screen: ${over}`);
      }
      await page.close();
    }
  },

  // On A4 everything is there: folds open, digests and addresses in full, and no page break in a finding.
  async paper() {
    const folder = mkdtempSync(join(tmpdir(), 'toetssteen-page-'));
    for (const language of LANGUAGES) {
      const page = await open(DESKTOP);
      await choose(page, language);
      const wanted = await page.evaluate((language) => {
        const plain = (node) => node.textContent.replace(/\s+/g, '');
        const side = document.getElementById(language);
        return {
          all: [...side.querySelectorAll('li, dd, dt, h1, h2:not(nav *), summary')].filter((one) => !one.closest('nav, .filters, .legend') && !one.querySelector('.box') && !one.closest('.boxes')).map(plain),
          findings: [...side.querySelectorAll('.finding')].filter((one) => !one.querySelector('details'))
            .map((one) => [plain(one.querySelector('h3')), plain(one.querySelector('dl'))]),
        };
      }, language);
      const pdf = join(folder, `${language}.pdf`);
      await page.pdf({ path: pdf, preferCSSPageSize: true });
      const sizes = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' });
      if (!/Page size:\s+59[45]\.?\d* x 84[12]/.test(sizes)) wrong.push(`not A4: ${sizes}`);
      const text = execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8' });
      const pages = text.split('\f').map((one) => one.replace(/\s+/g, ''));
      const whole = pages.map((one) => one.replace(/\d+\/\d+$/, '')).join('');
      for (const one of wanted.all) {
        if (!has(whole, one)) wrong.push(`${language}: not on paper: ${one.slice(0, 80)}`);
      }
      for (const [heading, fields] of wanted.findings) {
        if (!pages.some((one) => has(one, heading + fields))) wrong.push(`${language}: broken over pages: ${heading}`);
      }
      const hidden = LANGUAGES.find((one) => one !== language);
      if (whole.includes({ nl: 'Hoeditverslagtelezen', en: 'Howtoreadthisreport' }[hidden])) wrong.push(`${hidden} is on paper too`);
      await page.close();
    }
    rmSync(folder, { recursive: true });
  },

  // An annex: what is asked stands on the first screen, the language is chosen by keyboard, and on numbered pages of A4
  // everything is there, with no requirement, step or command cut in two.
  async annex() {
    const folder = mkdtempSync(join(tmpdir(), 'toetssteen-annex-'));
    for (const viewport of [DESKTOP, PHONE]) {
      const page = await open(viewport);
      const first = await page.evaluate(() => document.querySelector('.side').lang);
      for (const language of LANGUAGES) {
        if (language !== first) {
          await page.keyboard.press('Tab');
          await page.keyboard.press('ArrowRight');
        }
        await choose(page, language);
        const below = await page.evaluate((language) => [...document.querySelectorAll(`#${language} :is(h1, .asked)`)]
          .filter((one) => one.getBoundingClientRect().bottom > innerHeight).map((one) => one.localName), language);
        if (below.length > 0) wrong.push(`${language} ${viewport.width}: below the first screen: ${below}`);
      }
      await page.close();
    }
    for (const language of LANGUAGES) {
      const page = await open(DESKTOP);
      await choose(page, language);
      const wanted = await page.evaluate((language) => {
        const plain = (node) => node.textContent.replace(/\s+/g, '');
        const side = document.getElementById(language);
        const pieces = (what) => [...side.querySelectorAll(what)].map(plain);
        return { all: pieces('h1, h2, h3, h4, h5, section p, dd, li:not(nav *)'), whole: pieces('.met > li, .doing > li, .asked, .rule, pre, .rows > div') };
      }, language);
      const pdf = join(folder, `${language}.pdf`);
      await page.pdf({ path: pdf, preferCSSPageSize: true });
      const sizes = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' });
      if (!/Page size:\s+59[45]\.?\d* x 84[12]/.test(sizes)) wrong.push(`not A4: ${sizes}`);
      const text = execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8' });
      const pages = text.split('\f').map((one) => one.replace(/\s+/g, '')).filter((one) => one !== '');
      pages.forEach((one, at) => {
        if (!one.includes(`${at + 1}/${pages.length}`)) wrong.push(`${language}: page ${at + 1} has no number`);
      });
      if (pages.length < 3) wrong.push(`${language}: only ${pages.length} pages`);
      const joined = pages.map((one) => one.replace(/\d+\/\d+$/, '')).join('');
      for (const one of wanted.all) {
        if (!has(joined, one)) wrong.push(`${language}: not on paper: ${one.slice(0, 80)}`);
      }
      for (const one of wanted.whole) {
        if (!pages.some((page) => has(page, numberless(one)) || has(numberless(page), numberless(one)))) wrong.push(`${language}: cut in two: ${one.slice(0, 80)}`);
      }
      const hidden = LANGUAGES.find((one) => one !== language);
      if (joined.includes({ nl: 'Zotoonteeninschrijverditaan', en: 'Howabiddershowsthis' }[hidden])) wrong.push(`${hidden} is on paper too`);
      await page.close();
    }
    rmSync(folder, { recursive: true });
  },

  // Whoever opens the page reads the conclusion, and a leak, without scrolling: on a desk and on a phone.
  async screen() {
    for (const viewport of [DESKTOP, PHONE]) {
      const page = await open(viewport);
      for (const language of LANGUAGES) {
        await choose(page, language);
        const below = await page.evaluate((language) => [...document.querySelectorAll(`#${language} :is(.sentence, .leaks h3, .leaks li:first-child)`)]
          .filter((one) => one.getBoundingClientRect().bottom > innerHeight || one.getBoundingClientRect().top < 0).map((one) => one.className || one.localName), language);
        if (below.length > 0) wrong.push(`${language} ${viewport.width}: below the first screen: ${below}`);
      }
      await page.close();
    }
  },

  // Every requirement is reached by its id alone, folded or not.
  async address() {
    const page = await open(DESKTOP);
    const ids = await page.evaluate(() => [...document.querySelectorAll('[id*="/"]')].map((one) => one.id).filter((id) => !/^(nl|en)-/.test(id)));
    if (ids.length < 11) wrong.push(`only ${ids.length} addresses`);
    for (const id of ids) {
      await page.goto('about:blank');
      await page.goto(`${address}#${id}`);
      await page.waitForFunction(() => document.querySelector(':target') !== null);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const seen = await page.evaluate(() => {
        const one = document.querySelector(':target');
        const at = one.getBoundingClientRect();
        return { visible: one.checkVisibility({ contentVisibilityAuto: true }), inside: at.top >= -1 && at.top < innerHeight, at: at.top };
      });
      if (!seen.visible || !seen.inside) wrong.push(`${id} is not shown: ${JSON.stringify(seen)}`);
    }
  },

  // A filter hides exactly what it says, says that it is on, and hides nothing on paper.
  async filter() {
    const page = await open(DESKTOP);
    for (const language of LANGUAGES) {
      await choose(page, language);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      const shown = () => page.evaluate((language) => {
        const all = [...document.querySelectorAll(`#${language} :is(article, li)[class*="is-"]`)];
        return { all: all.length, classes: all.filter((one) => one.checkVisibility()).map((one) => one.className) };
      }, language);
      const whole = await shown();
      if (whole.classes.length !== whole.all || whole.all < 22) wrong.push(`${language}: ${whole.classes.length} of ${whole.all} are shown without a filter`);
      const active = () => page.isVisible(`#${language} .active`);
      if (await active()) wrong.push(`${language}: a filter is said to be on`);
      const tries = [
        [`${language}-f-pass`, 'is-pass'], [`${language}-f-fail`, 'is-fail'], [`${language}-f-warn`, 'is-warn'], [`${language}-f-open`, 'is-open'],
        [`${language}-f-none`, 'is-none'], [`${language}-f-must`, 'is-optional'], [`${language}-f-first`, 'below-1'], [`${language}-f-second`, 'below-2'],
        [`${language}-f-holder`, 'of-holder'], [`${language}-f-receiver`, 'of-receiver'],
      ];
      for (const [id, hidden] of tries) {
        await page.click(`#${id}`);
        const now = await shown();
        const wanted = whole.classes.filter((one) => !one.split(' ').includes(hidden));
        if (wanted.length === whole.classes.length) wrong.push(`${language}: nothing is ${hidden}`);
        if (JSON.stringify(now.classes) !== JSON.stringify(wanted)) wrong.push(`${language}: ${id} shows ${now.classes.length}, not ${wanted.length}`);
        if (!await active()) wrong.push(`${language}: ${id} does not say that it is on`);
        if (id.endsWith('-pass')) {
          await page.emulateMedia({ media: 'print' });
          if ((await shown()).classes.length !== whole.all) wrong.push(`${language}: a filter hides something on paper`);
          await page.emulateMedia({ media: 'screen' });
        }
        await page.click(/-(first|second)$/.test(id) ? `#${language}-f-all` : `#${id}`);
      }
      if ((await shown()).classes.length !== whole.all) wrong.push(`${language}: not everything came back`);
    }
  },

  // By keyboard alone: a filter is switched, and a box leads to its requirement.
  async reach() {
    const page = await open(DESKTOP);
    const focused = (test) => page.evaluate((test) => document.activeElement.matches(test), test);
    const tabTo = async (test) => {
      for (let at = 0; at < 60; at += 1) {
        await page.keyboard.press('Tab');
        if (await focused(test)) return true;
      }
      wrong.push(`Tab does not reach ${test}`);
      return false;
    };
    if (await tabTo('.f-pass')) {
      await page.keyboard.press('Space');
      if (await page.isVisible('.boxes .is-pass')) wrong.push('a filter does not work by keyboard');
      await page.keyboard.press('Space');
    }
    if (await tabTo('.boxes .box.meets')) {
      const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
      if (ring === 'none') wrong.push('a box with the focus looks like any other');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector(':target') !== null);
      const seen = await page.evaluate(() => document.querySelector(':target').checkVisibility() && document.querySelector(':target').closest('details').open);
      if (!seen) wrong.push('a box does not open what it leads to');
    }
  },

  // Dark, more contrast and forced colours: every text has the contrast it needs, and boxes keep their shapes.
  async themes() {
    const themes = [
      { colorScheme: 'dark' }, { contrast: 'more' }, { colorScheme: 'dark', contrast: 'more' }, { forcedColors: 'active' }, { colorScheme: 'dark', forcedColors: 'active' },
    ];
    for (const theme of themes) {
      const page = await browser.newPage({ viewport: DESKTOP, ...theme });
      await page.goto(address);
      const before = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      if (theme.colorScheme === 'dark' && !theme.forcedColors && before === 'rgb(255, 255, 255)') wrong.push('dark is not dark');
      await page.evaluate(AXE);
      await page.evaluate(() => document.querySelectorAll('details').forEach((one) => { one.open = true; }));
      const result = await page.evaluate(() => axe.run(document, { runOnly: ['color-contrast', 'color-contrast-enhanced'], rules: { 'color-contrast-enhanced': { enabled: false } } }));
      for (const violation of result.violations) {
        const where = violation.nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.data?.contrastRatio ?? ''}`).slice(0, 3).join(', ');
        wrong.push(`${JSON.stringify(theme)} ${violation.id}: ${where}`);
      }
      const flat = await page.evaluate(() => [...document.querySelectorAll('.box')].filter((one) => {
        const mark = getComputedStyle(one, '::before').content;
        return one.checkVisibility() && (mark === 'none' || getComputedStyle(one).borderTopStyle === 'none');
      }).length);
      if (flat > 0) wrong.push(`${JSON.stringify(theme)}: ${flat} boxes without a shape`);
      await page.close();
    }
  },

  // The summary for a buyer: at most two sheets of A4 in either language, with the digest and a number on each.
  async two() {
    const folder = mkdtempSync(join(tmpdir(), 'toetssteen-page-'));
    for (const language of LANGUAGES) {
      const page = await open(DESKTOP);
      await choose(page, language);
      const sheets = await printed(page, join(folder, `${language}.pdf`));
      if (sheets.length > 2) wrong.push(`${language}: ${sheets.length} pages`);
      const ask = { nl: 'Watudeleverancierkuntvragen', en: 'Whatyoucanaskthesupplier' }[language];
      if (!sheets.some((one) => one.includes(ask))) wrong.push(`${language}: the questions are not on paper`);
      sheets.forEach((one, at) => {
        if (!one.includes('0123456789abcdef'.repeat(4))) wrong.push(`${language}: no digest on page ${at + 1}`);
        if (!one.includes(`${at + 1}/${sheets.length}`)) wrong.push(`${language}: no number on page ${at + 1}`);
      });
      const cut = await page.evaluate((language) => [...document.querySelectorAll(`#${language} li`)].map((one) => one.textContent.replace(/\s+/g, '')), language);
      for (const one of cut) if (!sheets.some((sheet) => has(sheet, one))) wrong.push(`${language}: broken over pages or not on paper: ${one.slice(0, 60)}`);
      await page.close();
    }
    rmSync(folder, { recursive: true });
  },

  // No row of a table is cut by the end of a sheet.
  async rows() {
    const folder = mkdtempSync(join(tmpdir(), 'toetssteen-page-'));
    const page = await open(DESKTOP);
    await choose(page, 'nl');
    const rows = await page.evaluate(() => [...document.querySelectorAll('#nl tbody tr')]
      .map((row) => [...row.children].flatMap((cell) => {
        // The letter of a box is drawn in a line of its own.
        const ends = [...cell.querySelectorAll('.ends li')].map((one) => one.innerText.slice(one.querySelector('.box').innerText.length));
        return (ends.length > 0 ? ends : [cell.innerText]).map((text) => text.replace(/\s+/g, ''));
      })));
    const sheets = await printed(page, join(folder, 'rows.pdf'));
    if (rows.length < 60 || sheets.length < 3) wrong.push(`too little to cut: ${rows.length} rows on ${sheets.length} pages`);
    for (const row of rows) {
      if (!sheets.some((sheet) => row.every((cell) => has(sheet, cell)))) wrong.push(`cut: ${row.filter((cell) => !sheets.some((sheet) => has(sheet, cell))).join(' | ')} of ${row[0].slice(0, 60)}`);
    }
    rmSync(folder, { recursive: true });
  },

  // Not a check: how long a page takes to open and to filter, for docs/performance.md.
  async measure() {
    const page = await browser.newPage({ viewport: DESKTOP });
    await page.goto(address);
    const timing = await page.evaluate(async () => {
      const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      const entry = performance.getEntriesByType('navigation')[0];
      const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
      const timing = { bytes: entry.decodedBodySize, 'first paint': paint, loaded: entry.domContentLoadedEventEnd };
      for (const name of ['pass', 'must', 'first', 'all']) {
        const input = document.querySelector(`#nl-f-${name}`);
        if (!input) continue;
        await painted();
        const begin = performance.now();
        input.click();
        await painted();
        timing[name] = performance.now() - begin;
      }
      const begin = performance.now();
      document.querySelector('#in-en').click();
      await painted();
      timing.language = performance.now() - begin;
      return timing;
    });
    for (const [name, value] of Object.entries(timing)) wrong.push(`${name}: ${Math.round(value)}`);
  },
};

// The sheets of paper as text without blanks.
async function printed(page, pdf) {
  await page.pdf({ path: pdf, preferCSSPageSize: true });
  const text = execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return text.split('\f').filter((one) => one.trim() !== '').map((one) => one.replace(/\s+/g, ''));
}


// Without the numbers of a list, which the browser draws.
function numberless(one) {
  return one.replace(/\d+\./g, '');
}

// Marks before a verdict are drawn by the style sheet, and a line may be hyphenated by nobody: letters in order suffice.
function has(text, wanted) {
  const letters = (one) => one.replace(/[✕✓!?–•◦▪○≡\-]/g, '');
  return letters(text).includes(letters(wanted));
}

try {
  const all = { ...CHECKS, ...ofComparison({ browser, open, choose, has, wrong, address, DESKTOP, PHONE, LANGUAGES }) };
  await all[check]();
} catch (error) {
  wrong.push(`the check broke off: ${error.stack}`);
}
await browser.close();
console.log(JSON.stringify(wrong));
