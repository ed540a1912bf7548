import assert from "node:assert/strict";
import { join } from "node:path";
import { Job } from "kubernetes-models/batch/v1";
import { parseAllDocuments } from "yaml";
import config from "../../deno.json" with { type: "json" };
import {
  assertSameHours,
  assertSameTree,
  cli,
  exists,
  inFolder,
  ROOT,
} from "../helpers/support.ts";

const MANIFEST = join(ROOT, "deploy", "kubernetes.yaml");
const jobs = parseAllDocuments(Deno.readTextFileSync(MANIFEST)).map((document) => {
  assert.deepEqual([document.errors, document.warnings], [[], []]);
  return new Job(document.toJS());
});
const [days, settle] = jobs as [Job, Job];

const podOf = (job: Job) => job.spec!.template.spec!;
const containerOf = (job: Job) => podOf(job).containers[0]!;

Deno.test("the jobs fit the schema of the Kubernetes API", () => {
  assert.deepEqual(jobs.map(({ metadata }) => metadata!.name), [
    "hourgrid-days",
    "hourgrid-settle",
  ]);
  for (const job of jobs) job.validate();
  const wrong = new Job({ ...days, spec: { ...days.spec!, completions: 1.5 } });
  assert.throws(() => wrong.validate(), /completions must be integer/);
});

Deno.test("pods have no rights that the restricted standard forbids", () => {
  for (const job of jobs) {
    const pod = podOf(job);
    assert.equal(pod.containers.length, 1);
    assert.equal(pod.automountServiceAccountToken, false);
    const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext!;
    assert.deepEqual([runAsNonRoot, seccompProfile!.type], [true, "RuntimeDefault"]);
    assert.ok(runAsUser! > 0);
    assert.deepEqual(containerOf(job).securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const { requests, limits } = containerOf(job).resources!;
    assert.ok(requests!.cpu && requests!.memory);
    assert.equal(limits!.memory, requests!.memory);
  }
});

Deno.test("a wrong call is not tried again, and a drained node is no failure", () => {
  assert.equal(days.spec!.completionMode, "Indexed");
  assert.equal(days.spec!.backoffLimitPerIndex, 3);
  assert.equal(settle.spec!.suspend, true, "it waits for the days");
  for (const job of jobs) {
    assert.equal(podOf(job).restartPolicy, "Never", "the policy asks for it");
    assert.deepEqual(job.spec!.podFailurePolicy!.rules, [
      {
        action: "FailJob",
        onExitCodes: { containerName: containerOf(job).name, operator: "In", values: [2] },
      },
      { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
    ]);
  }
});

Deno.test("both jobs run the same image on the same folders", () => {
  const tag = containerOf(days).image!.split(":")[1];
  assert.equal(tag, config.version);
  assert.equal(containerOf(days).image, containerOf(settle).image);
  assert.deepEqual(containerOf(days).volumeMounts, containerOf(settle).volumeMounts);
  const paths = containerOf(days).volumeMounts!.map(({ mountPath }) => mountPath);
  assert.deepEqual(paths, ["/app/data", "/app/output"]);
  assert.deepEqual(podOf(days).volumes, podOf(settle).volumes);
});

/** Runs what a pod of a job runs, on the sample. */
async function runPod(job: Job, out: string, index?: number): Promise<void> {
  const { args, env } = containerOf(job);
  const variables = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value!]));
  if (index !== undefined) variables.JOB_COMPLETION_INDEX = String(index);
  const paths = ["--input", join(ROOT, "data"), "--output", out];
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "solution.ts"), ...paths, "--quiet", ...args!],
    env: variables,
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("the pods' parts and the settling job give the files of a single run", () =>
  inFolder(async (folder) => {
    const [out, plain] = [join(folder, "out"), join(folder, "plain")];
    assert.equal((await cli("--input", join(ROOT, "data"), "--output", plain, "--quiet")).code, 0);
    const { completions } = days.spec!;
    assert.ok(completions! > 1);
    for (let index = 0; index < completions!; index++) await runPod(days, out, index);
    assertSameHours(out, plain);
    assert.ok(!exists(join(out, "_etl", "daily.csv")), "only a run of the whole knows all days");
    const shards = [...Deno.readDirSync(join(out, "_etl", "shards"))];
    assert.equal(shards.length, completions, "each had a part of its own");
    await runPod(settle, out);
    assertSameTree(out, plain);
    assert.equal(exists(join(out, "_etl", "shards")), false);
  }));
