// One test for each page: open it, picture the whole of it in the device's pixels, compare.
import { test as base, expect } from "@playwright/test";

const { url, pages, pageKept } = JSON.parse(process.env.BENCH_SUITE);

// What saves Playwright the most time: one page for all tests of a worker, which then are not isolated.
const keeping = base.extend({
  kept: [
    async ({ browser }, use, { project }) => {
      const { viewport, deviceScaleFactor, isMobile, hasTouch, userAgent, locale, timezoneId } = project.use;
      const context = await browser.newContext({
        viewport, deviceScaleFactor, isMobile, hasTouch, userAgent, locale, timezoneId,
      });
      await use(await context.newPage());
      await context.close();
    },
    { scope: "worker" },
  ],
});

const picture = async (page, number) => {
  await page.goto(`${url}/page/${number}`);
  await expect(page.locator("tr")).toHaveCount(20);
  await expect(page).toHaveScreenshot(`page-${number}.png`, { fullPage: true, scale: "device" });
};

for (let number = 0; number < pages; number += 1) {
  if (pageKept) keeping(`page ${number}`, ({ kept }) => picture(kept, number));
  else base(`page ${number}`, ({ page }) => picture(page, number));
}
