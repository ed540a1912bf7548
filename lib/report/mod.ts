/**
 * Pages with charts of the contents of an output folder.
 *
 * @module
 */
import type { Records } from "../store/mod.ts";
import type { PagePlan } from "./page_plan.ts";

export {
  digestOf,
  type LatestRun,
  PAGE_FILE,
  pageFile,
  type PagePlan,
  pagesOf,
  readPageDigest,
} from "./page_plan.ts";

/**
 * Renders a page of the report. The drawing code is loaded only now, because that takes a while.
 *
 * @param output The output folder, whose hour files are read.
 * @param digest See {@linkcode digestOf}.
 * @throws {Error} If an hour file can't be read.
 */
export async function renderReport(
  output: string,
  records: Records,
  page: PagePlan,
  digest: string,
): Promise<string> {
  const { renderPage } = await import("./pages.ts");
  return renderPage(output, records, page, digest);
}
