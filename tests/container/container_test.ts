/**
 * The image: built with podman from the Dockerfile as it is, and run with the commands of the
 * documentation. Needs root on Linux, and podman, runc and debootstrap.
 *
 * @module
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { assertSameTree, cli, exists, inFolder, put, type Ran, ROOT } from "../helpers/support.ts";

const HERE = dirname(fileURLToPath(import.meta.url));
const PAGE = Deno.readTextFileSync(join(ROOT, "docs", "container.md"));
const IMAGE = "data-engineer-challenge";
const CSV = "timestamp,payload_type,value,tags\n" +
  `1720828800,volts,1,"[[""phase"",""1""],[""module"",""1""]]"\n`;

/** Where podman keeps what it has in these tests, and what a run outside made of the sample. */
let place = "";
let plain = "";

/** Runs a command line in a folder, with podman as docker. */
async function shell(folder: string, line: string): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    cwd: folder,
    env: {
      PATH: `${HERE}:${Deno.env.get("PATH")}`,
      CONTAINERS_CONF: join(place, "containers.conf"),
      CONTAINERS_STORAGE_CONF: join(place, "storage.conf"),
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out!, stderr: err! };
}

/** A command of the documentation. */
function documented(pattern: RegExp): string {
  const line = PAGE.split("\n").find((line) => pattern.test(line));
  assert.ok(line !== undefined, `docs/container.md has no ${pattern}`);
  return line;
}

const RUN = () => documented(/^docker run -v \S+ -v \S+ data-engineer-challenge$/);

/** The documented run with flags for docker before the image, and for the tool after it. */
function run(docker: string, ...args: string[]): string {
  return [RUN().replace("docker run", `docker run --rm ${docker}`), ...args].join(" ");
}

/** A folder with `data/` and an `output/` of the given owner. */
function inMounts(owner: number, test: (folder: string) => unknown): Promise<void> {
  return inFolder(async (folder) => {
    Deno.chmodSync(folder, 0o755);
    Deno.mkdirSync(join(folder, "output"));
    Deno.chownSync(join(folder, "output"), owner, owner);
    await test(folder);
  });
}

async function copySample(folder: string): Promise<void> {
  const { code } = await shell(folder, `cp -r '${join(ROOT, "data")}' data`);
  assert.equal(code, 0);
}

/** The users and groups that own anything below a folder. */
function owners(folder: string): Set<string> {
  const found = new Set<string>();
  const look = (path: string) => {
    const { uid, gid, isDirectory } = Deno.lstatSync(path);
    found.add(`${uid}:${gid}`);
    if (isDirectory) { for (const { name } of Deno.readDirSync(path)) look(join(path, name)); }
  };
  look(folder);
  return found;
}

function assertDone({ code, stderr }: Ran): void {
  assert.equal(code, 0, stderr);
}

async function end(): Promise<void> {
  await shell(ROOT, "podman rm --force --all; podman rmi --force --all");
  // The store's folder is a mount of its own.
  await shell(ROOT, `umount '${place}/graph/overlay'`);
  Deno.removeSync(place, { recursive: true });
}

Deno.test.beforeAll(async () => {
  place = Deno.makeTempDirSync({ prefix: "hourgrid-podman-" });
  plain = join(place, "plain");
  try {
    assertDone(await shell(ROOT, `'${join(HERE, "setup")}' '${place}'`));
    assertDone(await shell(ROOT, documented(/^docker build /)));
    assertDone(await cli("--input", join(ROOT, "data"), "--output", plain, "--quiet"));
  } catch (error) {
    await end(); // nothing else would
    throw error;
  }
});

Deno.test.afterAll(end);

for (const owner of [0, 1000, 5555]) {
  Deno.test(`the documented command writes files of user ${owner}, who owns the output folder`, () =>
    inMounts(owner, async (folder) => {
      await copySample(folder);
      assertDone(await shell(folder, RUN()));
      const out = join(folder, "output");
      assert.deepEqual(owners(out), new Set([`${owner}:${owner}`]));
      assertSameTree(out, plain);
      const again = await shell(folder, run("", "--json"));
      assertDone(again);
      const { built, current } = JSON.parse(again.stdout);
      assert.deepEqual([built, current], [[], 2], "the second run does nothing");
      assert.deepEqual(owners(out), new Set([`${owner}:${owner}`]));
    }));
}

Deno.test("it runs as any user without network, capabilities and a disk of its own, in 2 GiB", () =>
  inMounts(4321, async (folder) => {
    await copySample(folder);
    const tight = documented(
      /^docker run .*--network none --read-only --cap-drop ALL .*--memory 2g/,
    );
    assertDone(await shell(folder, tight.replace("$(id -u):$(id -g)", "4321:4321")));
    assertSameTree(join(folder, "output"), plain);
    assert.deepEqual(owners(join(folder, "output")), new Set(["4321:4321"]));
  }));

Deno.test("it imports CSV, writes with Polars and draws charts without network and home", () =>
  inMounts(1000, async (folder) => {
    put(join(folder, "data", "a.csv"), CSV);
    const locked = "--network none --read-only --unsetenv HOME";
    const hour = join(folder, "output", "1_1/2024/07/13/00.parquet");
    for (const writer of ["fast", "polars"]) {
      const ran = await shell(folder, run(locked, "--quiet", "--writer", writer));
      assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, "", ""]);
      assert.equal(Deno.statSync(hour).uid, 1000);
    }
    assertDone(await shell(folder, run(`${locked} --memory 2g`, "--quiet", "--report")));
    assert.ok(exists(join(folder, "output", "_etl/report/day-2024-07-13.html")));
    put(join(folder, "data", "b.csv"), CSV.replace('""1""]]', '""2""]]'));
    const site = ["--input", "/app/data/a.csv", "--output", "/app/output/site-1", "--quiet"];
    assertDone(await shell(folder, run(locked, ...site)));
    assert.ok(exists(join(folder, "output", "site-1", "1_1/2024/07/13/00.parquet")));
    assert.ok(!exists(join(folder, "output", "site-1", "1_2")), "the named input, not all");
  }));

Deno.test("arguments reach the tool, and its exit status is returned", () =>
  inMounts(1000, async (folder) => {
    await copySample(folder);
    const some = documented(/^docker run .* --from /);
    assert.ok(some.startsWith(RUN()), "the same command and more");
    const plan = await shell(folder, `${some} --to 2024-07-01 --dry-run`);
    assert.match(plan.stdout, /^1 day would be built/m);
    const wrong = await shell(folder, run("", "--colour"));
    assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
    assert.match(wrong.stderr, /^hourgrid: unknown flag '--colour'/);
    put(join(folder, "data", "bad.parquet"), "PAR1");
    assert.equal((await shell(folder, run("", "--quiet"))).code, 1);
    const version = await shell(folder, `docker run --rm ${IMAGE} --version`);
    assert.deepEqual([version.code, version.stdout], [0, `${config.version}\n`]);
  }));

Deno.test("an array task takes its part from the environment", () =>
  inMounts(1000, async (folder) => {
    await copySample(folder);
    const task = "--env JOB_COMPLETION_INDEX=1 --env JOB_COMPLETIONS=4";
    const { stdout } = await shell(folder, run(task, "--json", "--dry-run"));
    const { shard, built } = JSON.parse(stdout);
    assert.deepEqual(shard, { index: 2, count: 4, from: "JOB_COMPLETION_INDEX" });
    assert.equal(built.length, 1);
    assert.equal((await shell(folder, run("--env JOB_COMPLETIONS=4", "--dry-run"))).code, 2);
  }));

Deno.test("a missing mount is named with the way out", () =>
  inMounts(1000, async (folder) => {
    const none = await shell(folder, `docker run --rm ${IMAGE}`);
    assert.equal(none.code, 2);
    assert.match(
      none.stderr,
      /\/app\/data does not exist: mount .* -v "\$\(pwd\)\/data:\/app\/data"/,
    );
    Deno.mkdirSync(join(folder, "data"));
    const blind = await shell(folder, `docker run --rm -v "$(pwd)/data:/app/data" ${IMAGE}`);
    assert.equal(blind.code, 2);
    assert.match(blind.stderr, /\/app\/output does not exist: mount /);
    const empty = await shell(folder, run(""));
    assert.equal(empty.code, 2);
    assert.match(empty.stderr, /--input \/app\/data holds no /);
    put(join(folder, "data", "a.csv"), CSV);
    const bound = await shell(folder, run("--cap-drop ALL"));
    assert.equal(bound.code, 2);
    assert.match(bound.stderr, /belongs to 1000:1000, .*: add --user 1000:1000/);
    const shut = await shell(folder, run("").replace(":/app/output", ":/app/output:ro"));
    assert.equal(shut.code, 2);
    assert.match(shut.stderr, /--output \/app\/output can't be written: /);
    assert.deepEqual([...Deno.readDirSync(join(folder, "output"))], []);
  }));

Deno.test("the owner reads input that only its group may read", () =>
  inMounts(1000, async (folder) => {
    put(join(folder, "data", "a.csv"), CSV);
    Deno.chownSync(join(folder, "data"), 0, 777);
    Deno.chmodSync(join(folder, "data"), 0o750);
    assertDone(await shell(folder, run("", "--quiet")));
  }));

for (const signal of ["SIGINT", "SIGTERM"]) {
  Deno.test(`${signal} ends it cleanly, and the next run continues`, () =>
    inMounts(1000, async (folder) => {
      await copySample(folder);
      const running = shell(folder, `${run("--name stopped --env 'HOURGRID_HALT=file staged:9'")}`);
      let ended = false;
      running.then(() => ended = true);
      const halted = async () => (await shell(folder, "podman logs stopped")).stderr;
      while (!(await halted()).includes("halted")) assert.ok(!ended, "it ended by itself");
      assertDone(await shell(folder, `podman kill --signal ${signal} stopped`));
      const { code, stderr } = await running;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /hourgrid: interrupted; what is on disk is whole/);
      assertDone(await shell(folder, run("", "--quiet")));
      assertSameTree(join(folder, "output"), plain);
    }));
}

Deno.test("the image is small, says what it is, and holds neither data nor tests", async () => {
  const { stdout } = await shell(ROOT, `docker image inspect ${IMAGE}`);
  const [{ Size, Config }] = JSON.parse(stdout);
  assert.ok(Size < 400e6, `${Size} bytes`);
  const label = (name: string) => Config.Labels[`org.opencontainers.image.${name}`];
  assert.deepEqual([label("version"), label("licenses")], [config.version, config.license]);
  assert.ok(label("title") && label("description"));
  assert.equal(Config.Healthcheck, undefined, "a job that ends has no health to check");
  const { stdout: files } = await shell(ROOT, `docker run --rm --entrypoint find ${IMAGE} /app`);
  const top = new Set(files.trim().split("\n").map((path) => path.split("/")[2]));
  top.delete(undefined);
  const wanted = ["LICENSE", "deno.json", "deno.lock", "deploy", "lib", "solution.ts"];
  assert.deepEqual([...top].sort(), wanted);
});
