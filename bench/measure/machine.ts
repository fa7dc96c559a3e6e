/** What the numbers were measured on: the machine, its disk, and the versions of all who took part. */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { summarize } from './statistics.ts'
import { withFolder } from './temporary-folder.ts'

/** The repository. */
export const ROOT: string = join(import.meta.dirname, '../..')

/** The version of an installed package. */
export function versionOf(name: string): string {
  const text = readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(text) as { readonly version: string }).version
}

/** The machine in lines of Markdown. */
export async function describeMachine(): Promise<string> {
  const processors = cpus()
  const gibibytes = Math.round(totalmem() / 2 ** 30)
  const [load = 0] = loadavg()
  const fsync = summarize(await fsyncMs(200))
  return [
    `- ${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${gibibytes} GiB`,
    `- ${process.platform} ${release()} ${process.arch}, load ${load.toFixed(1)} before it began`,
    `- Node ${process.versions.node}, SQLite ${process.versions['sqlite'] ?? 'unknown'}`,
    `- wait-on ${versionOf('wait-on')}, start-server-and-test ${versionOf('start-server-and-test')}`,
    `- fsync of 4 KiB on this disk: p50 ${ms(fsync.p50)}, p90 ${ms(fsync.p90)}, p99 ${ms(fsync.p99)}`,
  ].join('\n')
}

/** How long this disk takes to keep 4 KiB. @unit ms */
export function fsyncMs(times: number): Promise<readonly number[]> {
  return withFolder(async (folder) => {
    const file = openSync(join(folder, 'synced'), 'w')
    const block = Buffer.alloc(4096)
    const took = Array.from({ length: times }, () => {
      writeSync(file, block)
      const beganMs = performance.now()
      fsyncSync(file)
      return performance.now() - beganMs
    })
    closeSync(file)
    return took
  })
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`
}
