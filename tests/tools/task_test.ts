import assert from "node:assert/strict";
import { join } from "node:path";
import config from "../../deno.json" with { type: "json" };
import { helpOf } from "../../tools/task.ts";
import { ROOT } from "../helpers/support.ts";

Deno.test("helpOf() is the comment at the top of a file and the flags", () => {
  const source =
    `// lint\n/**\n * Does it:\n *\n * \`\`\`sh\n * deno task it\n * \`\`\`\n *\n * @module\n */\n`;
  const options = {
    days: { type: "string", default: "2" },
    out: { type: "string" },
    json: { type: "boolean", default: false },
  } as const;
  assert.equal(
    helpOf(source, options),
    `Does it:

deno task it

Flags:
  --days <value>  (default: 2)
  --out <value>
  --json
  -h, --help`,
  );
});

/** The tasks that run a script of ours, by its path. */
const scripts = Object.entries(config.tasks).flatMap(([task, { command }]) => {
  const [, script] = /^deno run -A ((?:bench|tools|tests)\/[\w/]+\.ts)(?! .*&&)/.exec(command) ??
    [];
  return script === undefined ? [] : [[task, script] as const];
});

for (const [task, script] of scripts) {
  Deno.test(`deno task ${task} --help says what it does, and does nothing`, async () => {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", join(ROOT, script), "--help"],
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 0);
    assert.match(text, /^[A-Z][^]*\n\nFlags:\n[^]* {2}-h, --help\n$/);
  });
}

Deno.test("a wrong flag of a task is named", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(ROOT, "bench/scale.ts"), "--dayz", "1"],
  }).output();
  assert.equal(code, 2);
  assert.match(new TextDecoder().decode(stderr), /^Unknown option '--dayz'\nTry --help\.\n$/);
});
