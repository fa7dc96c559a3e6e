/**
 * Promises about files, made false where they lie: what must be there is put aside, and what must not be
 * there is made. Each is taken back exactly.
 */
import { existsSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { JsonObject } from '../core/units/json.ts'
import { noteMoved } from './copies.ts'
import { type InjectedFault, unreadFault } from './fault.ts'
import type { PromisedCondition, Promises } from './promises.ts'
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
    faults.push(
      input.ok ? fileFault(trial, promised, input.value) : unreadFault(promised, input.why),
    )
  }
  return faults
}

function fileFault(trial: Trial, promised: PromisedCondition, input: JsonObject): InjectedFault {
  const path = resolve(String(input['path']))
  const isAbsent = input['absent'] === true
  const put = isAbsent ? make : putAside
  // What lies elsewhere is not the copy's: others may need it.
  const isOwn = trial.folders.some((folder) => path.startsWith(`${folder}/`))
  return {
    name: `${path} is ${isAbsent ? 'there' : 'gone'} for ${promised.stage}`,
    mustNotice: [promised],
    inject: async () =>
      isOwn
        ? { heal: await put(path, trial.workspace) }
        : { untried: "it is not in the contract's folder" },
  }
}

async function putAside(path: string, workspace: string): Promise<() => Promise<void>> {
  const aside = path + ASIDE
  await noteMoved(workspace, { path, aside })
  await rename(path, aside)
  return async () => {
    await rename(aside, path)
    await noteMoved(workspace, undefined)
  }
}

async function make(path: string, workspace: string): Promise<() => Promise<void>> {
  if (existsSync(path)) return async () => undefined
  await noteMoved(workspace, { path })
  await writeFile(path, '')
  return async () => {
    await rm(path, { force: true })
    await noteMoved(workspace, undefined)
  }
}
