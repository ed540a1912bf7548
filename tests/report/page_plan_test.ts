import assert from "node:assert/strict";
import { join } from "node:path";
import type { DayRecord, Records } from "../../lib/store/mod.ts";
import {
  beginningDay,
  daysOf,
  digestOf,
  modulesOf,
  PAGE_FILE,
  pageFile,
  pagesOf,
  readPageDigest,
} from "../../lib/report/page_plan.ts";
import type { Limits } from "../../lib/battery/mod.ts";
import type { LatestRun, PagePlan } from "../../lib/report/mod.ts";
import type { Counts } from "../../lib/telemetry/mod.ts";
import { FIRST_DAY, makeRecords } from "../helpers/battery_days.ts";
import { dayRecord } from "../helpers/records.ts";
import { inFolder, JULY_13 } from "../helpers/support.ts";

const SUMMARY = {} as LatestRun;
type Page = Exclude<PagePlan, { kind: "index" }>;

function record(day: number, modules: [string, string][]): DayRecord {
  const hours = Array<number>(24).fill(0);
  const coverage = modules.map(() => ({ observed: hours, filled: hours }));
  return dayRecord(day, { modules, coverage });
}

function recordsOf(...days: DayRecord[]): Records {
  return { inputs: new Map(), days: new Map(days.map((found) => [found.day, found])) };
}

Deno.test("pagesOf() plans a first page, one per day and one per module", () => {
  const records = recordsOf(
    record(JULY_13 + 86_400, [["1", "10"], ["1", "2"]]),
    record(JULY_13, [["1", "2"], ["a/b", "<"]]),
    record(JULY_13 + 2 * 86_400, []),
  );
  assert.deepEqual(daysOf(records).map(({ day }) => day), [JULY_13, JULY_13 + 86_400]);
  assert.deepEqual(modulesOf(records), ["1_2", "1_10", "a%2Fb_%3C"]);
  const files = pagesOf(records, SUMMARY, null).map(pageFile);
  assert.deepEqual(files, [
    "index.html",
    "day-2024-07-13.html",
    "day-2024-07-14.html",
    "module-1_2.html",
    "module-1_10.html",
    "module-a%2Fb_%3C.html",
  ]);
  assert.ok(files.every((name) => PAGE_FILE.test(name)));
  const long = pageFile({ kind: "module", folder: "a".repeat(240) });
  assert.ok(long.length < 100 && PAGE_FILE.test(long));
});

Deno.test("digestOf() changes with the days of a page and with those that it links to", () => {
  const [first, second, third] = [0, 1, 2].map((i) => record(JULY_13 + i * 86_400, [["1", "2"]]));
  const all = recordsOf(first!, second!, third!);
  const later = recordsOf(first!, second!, { ...third!, rows: 2 });
  const shared = { positiveCurrent: "charge", socUnit: "fraction" as const, events: [] };
  const page = (day: number) => ({ kind: "day" as const, day, ...shared });
  assert.equal(digestOf(all, page(JULY_13)), digestOf(later, page(JULY_13)));
  assert.notEqual(digestOf(all, page(third!.day)), digestOf(later, page(third!.day)));
  assert.notEqual(
    digestOf(all, page(second!.day)),
    digestOf(recordsOf(first!, second!), page(second!.day)),
  );
  assert.notEqual(
    digestOf(all, page(second!.day)),
    digestOf(recordsOf(second!, third!), page(second!.day)),
  );
  const module = { kind: "module" as const, folder: "1_2", ...shared };
  assert.notEqual(digestOf(all, module), digestOf(later, module));
  const changed = { ...page(JULY_13), positiveCurrent: "discharge" };
  assert.notEqual(digestOf(all, page(JULY_13)), digestOf(all, changed), "a sign that changed");
});

Deno.test("digestOf() changes with the day that an event's beginning links to", () => {
  const [first, second, ...others] = [0, 1, 4, 5].map((i) =>
    record(JULY_13 + i * 86_400, [["1", "2"]])
  );
  const [from, to] = [JULY_13 + 2 * 86_400, JULY_13 + 5 * 86_400 + 60];
  const silence = {
    from,
    to,
    phase: "1",
    module: "2",
    detail: "",
    column: null,
    value: null,
  } as const;
  const page = {
    kind: "day",
    day: JULY_13 + 5 * 86_400,
    positiveCurrent: "charge",
    socUnit: "fraction",
    events: [{ ...silence, kind: "silent" }],
  } as const satisfies PagePlan;
  // Its neighbours are the same, but it links to another day.
  assert.notEqual(
    digestOf(recordsOf(first!, ...others), page),
    digestOf(recordsOf(first!, second!, ...others), page),
  );
});

Deno.test("digestOf() of the first page changes with the malformed rows of inputs, not with other inputs", () => {
  const page = { kind: "index" as const, run: SUMMARY, limits: null };
  const digest = (mtime: number, rejected: Counts) => {
    const input = { size: 1, mtime, ctime: 1, ino: 1, imported: null, sources: [], rejected };
    return digestOf({ inputs: new Map([["a", input]]), days: new Map() }, page);
  };
  assert.equal(digest(1, {}), digest(2, {}));
  const rejected = { "a row without tags": 1 };
  assert.notEqual(digest(1, {}), digest(1, rejected));
  assert.notEqual(digest(1, rejected), digest(2, rejected), "other rows may be malformed");
});

Deno.test("beginningDay() is the last day that begins no later, or else the first one", () => {
  const days = [0, 1, 5].map((number) => ({ day: JULY_13 + number * 86_400 }));
  const number = (time: number) => (beginningDay(days, JULY_13 + time) - JULY_13) / 86_400;
  assert.deepEqual([0, 86_399, 86_400, 4 * 86_400, 9 * 86_400].map(number), [0, 0, 1, 1, 5]);
  assert.equal(number(-1), 0);
});

Deno.test("pageFile() shortens the names of folders that leave no room for more", () => {
  const name = (length: number) => pageFile({ kind: "module", folder: "a".repeat(length) });
  assert.equal(name(200), `module-${"a".repeat(200)}.html`);
  assert.match(name(201), /^module-[0-9a-f]{64}\.html$/);
});

Deno.test("pagesOf() gives each day and module its events", () => {
  const days = makeRecords({ days: 78, phases: 2, modules: 4, cells: 14, missing: [] });
  const pages = pagesOf(recordsOf(...days), SUMMARY, null);
  const kindsOn = (day: number) =>
    pages.flatMap((page) =>
      page.kind === "day" && page.day === FIRST_DAY + day * 86_400
        ? page.events.map(({ kind, detail }) => `${kind} ${detail}`)
        : []
    );
  assert.ok(kindsOn(30).includes("state EMERGENCY"));
  assert.ok(kindsOn(51).includes("state ERROR"));
  assert.ok(!kindsOn(52).includes("state ERROR"));
  const weak = pages.find((page) => page.kind === "module" && page.folder === "2_4");
  assert.ok(weak?.kind === "module" && weak.events.some(({ kind }) => kind === "cell"));
});

Deno.test("pagesOf() shows an event on its days, but not on a day that it only touches at midnight", () => {
  const days = makeRecords({ days: 4, phases: 1, modules: 1, cells: 2, missing: [] });
  const spans = [[0, 86_400], [86_400, 2 * 86_400 + 5], [3 * 86_400 + 5, 3 * 86_400 + 10]];
  const figures = JSON.parse(days[0]!.figures!);
  figures.places[0].states = spans.map(([from, to], i) => {
    return { column: "system_state", state: `S${i}`, from: FIRST_DAY + from!, to: FIRST_DAY + to! };
  });
  days[0]!.figures = JSON.stringify(figures);
  const shown = pagesOf(recordsOf(...days), SUMMARY, null).flatMap((page) => {
    if (page.kind !== "day") return [];
    return [page.events.map(({ detail }) => detail).filter((detail) => /^S\d/.test(detail))];
  });
  assert.deepEqual(shown, [["S0"], ["S1"], ["S1"], ["S2"]]);
});

Deno.test("pagesOf() shows a silence on the day on which it began and on that on which it ended", () => {
  const days = makeRecords({ days: 7, phases: 1, modules: 1, cells: 2, missing: [2, 3, 4] });
  for (const day of days) {
    const figures = JSON.parse(day.figures!);
    figures.modules[0].reported = [day.day + 5, day.day + 86_400];
    day.figures = JSON.stringify(figures);
  }
  const silent = pagesOf(recordsOf(...days), SUMMARY, null).map((page) =>
    page.kind === "day" && page.events.some(({ kind }) => kind === "silent") ? pageFile(page) : ""
  );
  assert.deepEqual(silent.filter((name) => name), ["day-2024-06-02.html", "day-2024-06-06.html"]);
});

Deno.test("pagesOf() shows on a day how far a cell deviates on that day, not on others", () => {
  const days = makeRecords({ days: 43, phases: 2, modules: 4, cells: 14, missing: [] });
  const pages = pagesOf(recordsOf(...days), SUMMARY, null).slice(1) as Page[];
  const cellsOf = ({ events }: Page) =>
    events.filter(({ kind }) => kind === "cell").map(({ value, from, to }) => {
      return [value, (from - FIRST_DAY) / 86_400, (to - FIRST_DAY) / 86_400];
    });
  const ofDays = pages.filter(({ kind }) => kind === "day").map(cellsOf);
  assert.deepEqual(ofDays.slice(39), [[], [[-600, 40, 41]], [[-603, 41, 42]], [[-606, 42, 43]]]);
  const module = pages.find((page) => page.kind === "module" && page.folder === "2_4");
  assert.deepEqual(cellsOf(module!), [[-606, 40, 43]]);
});

Deno.test("pagesOf() gives days and modules what is beyond the limits, and another digest", () => {
  const days = makeRecords({ days: 3, phases: 1, modules: 2, cells: 2, missing: [] });
  const records = recordsOf(...days);
  const plan = (limits: Limits | null) => pagesOf(records, SUMMARY, limits).slice(1) as Page[];
  const limitsOf = ({ events }: Page) => events.filter((event) => event.kind === "limit");
  assert.ok(plan(null).every((page) => limitsOf(page).length === 0));
  const pages = plan({ current: [-30, 24] });
  const counts = pages.map((page) => [page.kind, limitsOf(page).length]);
  assert.deepEqual(counts, [["day", 2], ["day", 2], ["day", 2], ["module", 1], ["module", 1]]);
  const [first] = limitsOf(pages[1]!);
  assert.deepEqual([first!.phase, first!.module, first!.quantity], ["1", "1", "current"]);
  assert.ok(limitsOf(pages[1]!).every(({ from }) => Math.floor((from - FIRST_DAY) / 86_400) === 1));
  const digests = (pages: Page[]) => pages.map((page) => digestOf(records, page));
  assert.notDeepEqual(digests(plan(null)), digests(pages));
  assert.deepEqual(digests(plan(null)), digests(plan({ current: [-30, 30] })));
});

Deno.test("readPageDigest() reads the digest at the beginning of our own pages only", () =>
  inFolder((folder) => {
    const path = join(folder, "index.html");
    const digest = "0123456789abcdef".repeat(4);
    assert.equal(readPageDigest(path), null);
    Deno.writeTextFileSync(path, `<!doctype html>\n<!-- ${digest} -->\n<html>`);
    assert.equal(readPageDigest(path), digest);
    Deno.writeTextFileSync(path, `<!doctype html>\n<html><!-- ${digest} -->\n`);
    assert.equal(readPageDigest(path), null);
  }));
