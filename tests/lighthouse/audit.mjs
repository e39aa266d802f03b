// Audits the query page, then the result page that its form leads to, on Lighthouse's phone: a slow processor and Slow 4G,
// simulated. Usage: node audit.mjs ADDRESS FIELDS, where FIELDS is a JSON object of what is typed. Prints JSON: for each of
// the two pages the score of each category in hundredths, and every audit that cost something.

import process from "node:process";
import { startFlow } from "lighthouse";
import puppeteer from "puppeteer-core";

const [address, fields] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
});
try {
  const page = await browser.newPage();
  const flow = await startFlow(page);
  await flow.navigate(address);
  for (const [name, value] of Object.entries(JSON.parse(fields))) {
    if (await page.$(`#${name}`)) await page.type(`#${name}`, value);
  }
  await flow.startNavigation();
  await page.click(".jb-lookup-form button[type=submit]");
  await page.waitForSelector(".jb-result", { timeout: 60_000 });
  await flow.endNavigation();
  const { steps } = await flow.createFlowResult();
  const found = steps.map(({ lhr }) => ({
    address: lhr.finalDisplayedUrl,
    scores: Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)])),
    costs: Object.values(lhr.categories).flatMap(({ id, auditRefs }) =>
      auditRefs
        .filter(({ weight }) => weight > 0)
        .map((ref) => lhr.audits[ref.id])
        .filter(({ score }) => score !== null && score < 0.9)
        .map(({ id: audit, title, displayValue }) => `${id}: ${audit}: ${title} ${displayValue ?? ""}`.trim()),
    ),
  }));
  process.stdout.write(JSON.stringify(found, null, 1));
} finally {
  await browser.close();
}
