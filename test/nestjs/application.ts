import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../examples/nestjs', import.meta.url))

/** What the application answered. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: { readonly message?: string; readonly reference?: string; readonly item?: string }
}

/** The NestJS application of the examples, as a process of its own. */
export interface Application extends AsyncDisposable {
  look(reference: string): Promise<Answer>
  place(reference: string, item: string): Promise<Answer>
}

async function answered(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body']
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body }
}

/** Starts it; resolves when it listens. */
export async function startApplication(env: Readonly<Record<string, string>>): Promise<Application> {
  const child = spawn(process.execPath, ['--conditions=comeback-source', '--import=tsx', 'src/main.ts'], {
    // Its compiler settings are found from here.
    cwd: folder,
    env: { ...process.env, ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const complaints: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  const closed = once(child, 'close')
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^listening on (\S+)$/.exec(line) ?? []
    if (url === undefined) continue
    return {
      look: async reference => answered(await fetch(`${url}/orders/${reference}`)),
      place: async (reference, item) =>
        answered(
          await fetch(`${url}/orders/${reference}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ item }),
          }),
        ),
      async [Symbol.asyncDispose]() {
        child.kill('SIGTERM')
        await closed
      },
    }
  }
  throw new Error(`The application has ended: ${complaints.join('')}`)
}
