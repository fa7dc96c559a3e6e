/**
 * Promises about files, made false where they lie: what must be there is put aside, and what must not be
 * there is made. Each is taken back exactly.
 */
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import type { InjectedFault } from './fault.ts'
import type { Promises } from './promises.ts'
import type { Trial } from './trial.ts'

const ASIDE = '.put-aside'

/** The faults that the `file` conditions of an environment must tell of. */
export async function fileFaults(
  trial: Trial,
  promises: Promises,
): Promise<readonly InjectedFault[]> {
  const faults: InjectedFault[] = []
  for (const promised of promises.conditions) {
    if (promised.probe !== 'file') continue
    const input = await trial.inputOf(promised.stage, promised.condition)
    const path = String(input['path'])
    const isAbsent = input['absent'] === true
    faults.push({
      name: `${path} is ${isAbsent ? 'there' : 'gone'} for ${promised.stage}`,
      mustNotice: [promised],
      inject: () => (isAbsent ? make(path) : putAside(path)),
    })
  }
  return faults
}

async function putAside(path: string): Promise<() => Promise<void>> {
  await rename(path, path + ASIDE)
  return () => rename(path + ASIDE, path)
}

async function make(path: string): Promise<() => Promise<void>> {
  if (existsSync(path)) return async () => undefined
  await writeFile(path, '')
  return () => rm(path, { force: true })
}
