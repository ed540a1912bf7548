/**
 * Pages with charts of what is in the output folder.
 *
 * @module
 */
import type { Records } from "../store/mod.ts";
import type { PagePlan } from "./site.ts";

export {
  digestOf,
  PAGE_FILE,
  pageFile,
  type PageName,
  type PagePlan,
  pagesOf,
  readPageDigest,
  REPORT_FOLDER,
  type RunFigures,
} from "./site.ts";

/**
 * Renders a page of the report. What draws is loaded only now, since it takes a while.
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
