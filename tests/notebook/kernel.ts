/**
 * Runs cells in Deno's own Jupyter kernel, without Jupyter.
 *
 * nbclient and nbconvert take a cell's outputs to be complete when the kernel says `idle`. Deno's
 * kernel now and then says so before it has sent the result. So each cell is followed by a silent
 * one that prints a mark: outputs leave the kernel in order, so all that comes before the mark is
 * the cell's, however late it comes.
 *
 * @module
 */
import { join } from "node:path";
import { decode, encode, type Message } from "./messages.ts";
import { type Fields, lines, type Output, text } from "./notebook.ts";
import { type Socket, speak } from "./zmtp.ts";

/** What came of a cell. */
export interface Execution {
  outputs: Output[];
  /** Why it failed, if it did. */
  failure?: string;
}

/** A kernel that runs. */
export interface Kernel {
  /** What it says of its language. */
  language: Fields;
  /** Runs code to its end. */
  run(code: string): Promise<Execution>;
  /** Ends it. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/** Ports that no system gives to outgoing connections: those could take them from the kernel. */
const [FIRST_PORT, PORTS] = [20_000, 12_000];
const RETRY_MS = 20;
/** How long the first answer may take before it is asked for again. */
const SUBSCRIBED_MS = 200;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Finds free ports. */
function freePorts(count: number): number[] {
  const listeners: Deno.TcpListener[] = [];
  while (listeners.length < count) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      listeners.push(Deno.listen({ hostname: HOST, port }));
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return listeners.map((listener) => {
    listener.close();
    return listener.addr.port;
  });
}

/** An output as a notebook stores it; nothing, if the message is none. */
function toOutput({ type, content }: Message): Output | undefined {
  const byLines = (data: Fields) =>
    Object.fromEntries(
      Object.entries(data).map(([mime, value]) => [
        mime,
        typeof value === "string" ? lines(value) : value,
      ]),
    );
  const { data, metadata } = content as { data: Fields; metadata: Fields };
  switch (type) {
    case "stream":
      return { output_type: type, name: String(content.name), text: lines(text(content.text)) };
    case "display_data":
      return { output_type: type, data: byLines(data), metadata };
    case "execute_result": {
      const execution_count = Number(content.execution_count);
      return { output_type: type, data: byLines(data), metadata, execution_count };
    }
    case "error": {
      const traceback = content.traceback as string[];
      return {
        output_type: type,
        ename: String(content.ename),
        evalue: String(content.evalue),
        traceback,
      };
    }
    case "clear_output":
    case "update_display_data":
      throw new Error(`a cell sends ${type}, which is not kept: let it show what is final`);
  }
}

/** Adds an output; what is printed in a row to the same stream is one. */
function add(outputs: Output[], output: Output): void {
  const last = outputs.at(-1);
  if (
    output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name
  ) last.text = lines(text([...last.text, ...output.text]));
  else outputs.push(output);
}

/**
 * Starts the kernel with all rights, as Jupyter does.
 *
 * @param folder Its working directory.
 * @throws {Error} If it ends before it is asked to; says what it printed.
 */
export async function startKernel(folder: string): Promise<Kernel> {
  const scratch = Deno.makeTempDirSync({ prefix: "hourgrid-kernel-" });
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = freePorts(5);
  const key: string = crypto.randomUUID();
  const file = join(scratch, "connection.json");
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const signed = { key, signature_scheme: "hmac-sha256" };
  Deno.writeTextFileSync(file, JSON.stringify({ transport: "tcp", ip: HOST, ...ports, ...signed }));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["jupyter", "--kernel", "--conn", file],
    cwd: folder,
    env: { NO_COLOR: "1" }, // the same bytes wherever it runs
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  const printed = new Response(child.stderr).text();
  const sockets: Socket[] = [];
  const close = async () => {
    for (const socket of sockets) socket.close();
    try {
      child.kill("SIGKILL");
    } catch { /* It has ended by itself. */ }
    await child.status;
    await printed;
    Deno.removeSync(scratch, { recursive: true });
  };

  const connect = async (port: number, type: "DEALER" | "SUB"): Promise<Socket> => {
    while (!ended) {
      try {
        const socket = await speak(await Deno.connect({ hostname: HOST, port }), type);
        sockets.push(socket);
        return socket;
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        await pause(RETRY_MS);
      }
    }
    throw new Error(`Deno's kernel did not start: ${(await printed).trim()}`);
  };

  try {
    const shell = await connect(shell_port!, "DEALER");
    const iopub = await connect(iopub_port!, "SUB");
    const receive = async (socket: Socket): Promise<Message> => {
      const frames = await socket.receive().catch((error) => {
        if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      });
      if (frames === undefined) throw new Error("the kernel ended before the cell did");
      return decode(key, frames);
    };
    const ask = async (id: string, type: string, content: Fields): Promise<Fields> => {
      await shell.send(encode(key, id, type, content));
      for (;;) {
        const { parent, content } = await receive(shell);
        if (parent === id) return content;
      }
    };
    const execute = (id: string, code: string, silent: boolean) =>
      ask(id, "execute_request", { code, silent, store_history: !silent, allow_stdin: false });

    /** Takes what is published until the mark has come, and both requests are done. */
    const gather = async (cell: string, mark: string): Promise<Output[]> => {
      const outputs: Output[] = [];
      const awaited = new Set([`idle ${cell}`, `idle ${mark}`, "mark"]);
      while (awaited.size > 0) {
        const message = await receive(iopub);
        const { type, parent, content } = message;
        if (type === "status") awaited.delete(`${content.execution_state} ${parent}`);
        const output = awaited.has("mark") ? toOutput(message) : undefined;
        if (output?.output_type !== "stream") {
          if (output !== undefined) add(outputs, output);
          continue;
        }
        const [before, after] = text(output.text).split(`${mark}\n`) as [string, string?];
        if (after !== undefined) awaited.delete("mark");
        if (before !== "") add(outputs, { ...output, text: lines(before) });
      }
      return outputs;
    };

    // What is published before the kernel has heard of the subscription is lost.
    const heard = receive(iopub).then(() => true);
    let language: Fields;
    do {
      const info = await ask(crypto.randomUUID(), "kernel_info_request", {});
      language = info.language_info as Fields;
    } while (!await Promise.race([heard, pause(SUBSCRIBED_MS).then(() => false)]));
    return {
      language,
      async run(code) {
        const [cell, mark] = [crypto.randomUUID(), crypto.randomUUID()];
        const converse = async () => {
          const reply = await execute(cell, code, false);
          await execute(mark, `console.log(${JSON.stringify(mark)})`, true);
          return reply;
        };
        const [outputs, reply] = await Promise.all([gather(cell, mark), converse()]);
        if (reply.status === "ok") return { outputs };
        return { outputs, failure: `${reply.ename}: ${reply.evalue}` };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
