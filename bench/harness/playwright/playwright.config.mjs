// The windows and the browser of the suite, as `bench/harness/src/suite/playwright.rs` names them.
import { defineConfig } from "@playwright/test";

const { workers, windows, chromium } = JSON.parse(process.env.BENCH_SUITE);

export default defineConfig({
  testMatch: "pages.spec.mjs",
  fullyParallel: true,
  workers,
  retries: 0,
  reporter: "list",
  snapshotPathTemplate: "snapshots/{projectName}/{arg}{ext}",
  expect: { toHaveScreenshot: { maxDiffPixelRatio: 0.002 } },
  projects: windows.map(({ name, width, height, scale, mobile, userAgent }) => ({
    name,
    use: {
      browserName: "chromium",
      viewport: { width, height },
      deviceScaleFactor: scale,
      isMobile: mobile,
      hasTouch: mobile,
      ...(userAgent ? { userAgent } : {}),
      locale: "de-DE",
      timezoneId: "Europe/Berlin",
      launchOptions: { executablePath: chromium, args: process.getuid() === 0 ? ["--no-sandbox"] : [] },
    },
  })),
});
