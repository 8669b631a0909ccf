import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'

const flock = ['/usr/bin/flock', '/bin/flock'].find(existsSync)

/**
 * Runs `work` while no other process of this machine runs work under the same lock file. The lock is the
 * kernel's: it ends with its holder, however that dies. Where there is no flock program the work runs at once
 * and is told that it may not be alone.
 */
export async function withLock<T>(
  file: string,
  work: (alone: boolean) => Promise<T>,
  onWait?: () => void,
): Promise<T> {
  if (flock === undefined) return await work(false)
  const holder = spawn(flock, ['-x', file, '/bin/sh', '-c', 'echo held; read -r _'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  holder.stdin.on('error', () => {})
  let complaint = ''
  holder.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  const waiting = onWait === undefined ? undefined : setTimeout(onWait, 500)
  try {
    await new Promise<void>((resolve, reject) => {
      holder.stdout.once('data', () => resolve(clearTimeout(waiting)))
      holder.once('error', reject)
      holder.once('close', () => reject(new Error(`cannot lock ${file}: ${complaint.trim()}`)))
    })
    return await work(true)
  } finally {
    clearTimeout(waiting)
    holder.stdin.end()
  }
}
