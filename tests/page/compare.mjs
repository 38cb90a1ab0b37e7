// The checks of a comparison in headless Chromium; `browser.mjs` opens the page and says what is wrong.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';

export function checks({ browser, open, choose, has, wrong, address, DESKTOP, PHONE, LANGUAGES }) {
  const side = (page, language) => page.locator(`#${language}`);
  return {
    // What a buyer has to know first stands on the first screen, in both languages, with the leaks.
    async first() {
      for (const viewport of [DESKTOP, PHONE]) {
        const page = await open(viewport);
        for (const language of LANGUAGES) {
          await choose(page, language);
          const top = (place) => side(page, language).locator(place).first().evaluate((one) => one.getBoundingClientRect().top);
          const order = [await top('h1'), await top('.conclusion h2'), await top('.leaks h2'), await top('.parties')];
          if (order.some((one, at) => at > 0 && one <= order[at - 1])) wrong.push(`${language}: out of order: ${order}`);
          const last = viewport === DESKTOP ? order[2] : order[1];
          if (last > viewport.height - 40) wrong.push(`${language} ${viewport.width}: below the first screen: ${last}`);
          const label = await page.locator('.only').innerText();
          if (label.trim() !== { nl: 'Alleen verschillen', en: 'Differences only' }[language]) wrong.push(`the switch says ${label}`);
        }
        await page.close();
      }
    },

    // The switch leaves only rows that differ, by keyboard too, and hides nothing for good.
    async only() {
      const page = await open(DESKTOP);
      for (const language of LANGUAGES) {
        await choose(page, language);
        const rows = () => side(page, language).locator('.matrix tbody tr:visible').count();
        const all = await rows();
        await page.focus('#only');
        await page.keyboard.press('Space');
        const some = await rows();
        const same = await side(page, language).locator('.matrix tr.same:visible').count();
        if (same > 0 || some >= all || some === 0) wrong.push(`${language}: ${some} of ${all} rows shown, ${same} of them the same`);
        if (!await side(page, language).locator('.when-only').isVisible()) wrong.push('nothing says that rows are left out');
        await page.keyboard.press('Space');
        if (await rows() !== all) wrong.push('switched off, not all rows are back');
      }
    },

    // A cell leads to what is said of its requirement, and the address alone does too.
    async deep() {
      const page = await open(DESKTOP);
      for (const language of LANGUAGES) {
        await choose(page, language);
        const link = side(page, language).locator('.matrix a.fail').first();
        const target = (await link.getAttribute('href')).slice(1);
        await link.click();
        const seen = await page.evaluate((id) => { const box = document.getElementById(id).getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; }, target);
        if (!seen) wrong.push(`${target} is not in sight`);
        if (!await page.locator(`#${target}`).innerText().then((text) => /Voldoet niet|Does not meet/.test(text))) wrong.push(`${target} does not say what failed`);
      }
      const first = await page.evaluate(() => document.querySelector('.side').querySelector('.one').id);
      const direct = await browser.newPage({ viewport: DESKTOP });
      await direct.goto(`${address}#${first}`);
      if (!await direct.locator(`#${first}`).isVisible()) wrong.push(`${first} is not shown by its address`);
    },

    // Head and first column stay in sight, and what is hatched is known without the pattern.
    async sticky() {
      const page = await open({ width: 900, height: 500 });
      await choose(page, LANGUAGES[0]);
      const moved = await page.evaluate(() => {
        const side = [...document.querySelectorAll('.side')].find((one) => one.checkVisibility());
        const frame = [...side.querySelectorAll('.subject .frame')].find((one) => one.scrollHeight > one.clientHeight + 50);
        if (!frame) return 'no table is higher than the screen';
        frame.scrollTop = 200;
        const top = frame.getBoundingClientRect().top;
        const head = frame.querySelector('thead th').getBoundingClientRect().top;
        return Math.abs(head - top) < 4 ? '' : `the head stands at ${head}, the frame at ${top}`;
      });
      if (moved) wrong.push(moved);
      const hatched = await page.evaluate(() => [...document.querySelectorAll('td.hatch')].map((one) => getComputedStyle(one, '::after').content));
      if (hatched.length === 0 || hatched.some((one) => !one.includes('≠'))) wrong.push(`hatched without a sign: ${hatched.length}`);
      const said = await page.locator('.side:visible td.hatch a .unseen').first().textContent();
      if (!/niet vergelijkbaar|not comparable/.test(said)) wrong.push(`who hears the page hears only ${said}`);
      await page.emulateMedia({ forcedColors: 'active' });
      const outlined = await page.evaluate(() => getComputedStyle(document.querySelector('.side td.hatch')).outlineStyle);
      if (outlined !== 'dashed') wrong.push('with forced colours nothing shows what is hatched');
    },

    // Only tables may be wider than a narrow screen, and they scroll by themselves.
    async narrow() {
      for (const colorScheme of ['light', 'dark']) {
        const page = await open({ width: 320, height: 640 });
        await page.emulateMedia({ colorScheme });
        for (const language of LANGUAGES) {
          await choose(page, language);
          const over = await page.evaluate(() => {
            document.querySelectorAll('details').forEach((one) => { one.open = true; });
            return [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() && !one.closest('.frame table') && one.getBoundingClientRect().right > innerWidth + 1)
              .map((one) => `${one.localName}.${one.className}`).slice(0, 3);
          });
          if (over.length > 0) wrong.push(`${language}: wider than the screen: ${over}`);
        }
        await page.close();
      }
    },

    // On A4 across: every row whole on one page, the head of its table on every page, the other language away.
    async sheet() {
      const folder = mkdtempSync(join(tmpdir(), 'toetssteen-compare-'));
      for (const language of LANGUAGES) {
        const page = await open(DESKTOP);
        await choose(page, language);
        const wanted = await page.evaluate((language) => {
          const plain = (node) => { const copy = node.cloneNode(true); copy.querySelectorAll('.unseen').forEach((one) => one.remove()); return copy.textContent.replace(/\s+/g, ''); };
          const tables = [...document.querySelectorAll(`#${language} .subject table`)];
          return { rows: tables.flatMap((table) => [...table.querySelectorAll('tbody tr:not(.category) > th')].map(plain)), head: plain(tables[0].querySelector('thead tr')) };
        }, language);
        const pdf = join(folder, `${language}.pdf`);
        await page.pdf({ path: pdf, preferCSSPageSize: true });
        const sizes = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' });
        if (!/Page size:\s+84[12]\.?\d* x 59[45]/.test(sizes)) wrong.push(`not A4 across: ${sizes}`);
        const pages = execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8' }).split('\f').map((one) => one.replace(/\s+/g, ''));
        for (const row of wanted.rows) {
          const on = pages.filter((one) => has(one, row));
          if (on.length === 0) wrong.push(`${language}: not whole on one page: ${row.slice(0, 60)}`);
          else if (!on.some((one) => has(one, wanted.head))) wrong.push(`${language}: without its head: ${row.slice(0, 60)}`);
        }
        if (pages.join('').includes({ nl: 'Whatcannotbecompared', en: 'Watniettevergelijkenis' }[language])) wrong.push('the other language is on paper too');
        await page.close();
      }
      rmSync(folder, { recursive: true });
    },
  };
}
