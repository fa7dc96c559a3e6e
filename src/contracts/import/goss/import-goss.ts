/** A goss file: what is true of a machine, as the proofs of one component that runs nothing. */
import type { JsonObject } from '../../../core/units/json.ts'
import type { ComponentDraft } from '../draft/draft.ts'
import type { Importer } from '../format.ts'
import type { Item } from '../source/item.ts'
import { askAddress, askCommand, askDns, askFile, askHttp, askPort } from './resources.ts'

/** A resource by its name; the conditions it becomes. */
type Ask = (name: string, item: Item) => readonly JsonObject[]

const RESOURCES: Readonly<Record<string, Ask>> = {
  port: askPort,
  addr: askAddress,
  dns: askDns,
  http: askHttp,
  command: askCommand,
  file: askFile,
}

const LOST: Readonly<Record<string, string>> = {
  gossfile: 'other files are not read; take each in by itself',
  vars: 'Go templates are not filled in',
  package: 'what is installed is not asked; write a command',
  service: 'services of the machine are not asked; write a command',
  process: 'processes of the machine are not asked; write a component that runs it',
  user: 'users of the machine are not asked; write a command',
  group: 'groups of the machine are not asked; write a command',
  'kernel-param': 'parameters of the kernel are not asked; write a command',
  mount: 'mounts are not asked; write a command',
  interface: 'interfaces of the machine are not asked; write a command',
  matching: 'values of the file itself are not matched',
  title: 'a title has no place in a condition',
  meta: 'what is only there for people has no place in a condition',
  skip: 'it is asked all the same',
}

/** Fills a draft from a goss file. */
export const importGoss: Importer = ([root], { draft }) => {
  if (root === undefined) return
  const component: ComponentDraft = draft.add('goss', undefined)
  for (const [kind, all] of root.members()) {
    const ask = RESOURCES[kind]
    if (ask === undefined) continue
    for (const [name, item] of all.members()) component.ready.push(...askOnce(ask, name, item))
  }
  if (component.ready.length === 0) draft.remove(component)
  root.loseUnread((path) => {
    const key = String(path.at(-1))
    return LOST[key] ?? LOST[String(path[0])] ?? 'this key is not known'
  })
}

function askOnce(ask: Ask, name: string, item: Item): readonly JsonObject[] {
  if (item.get('skip')?.flag() === true) {
    item.lose('it is skipped')
    return []
  }
  if (name.includes('{{')) item.note('a Go template stands in its name, which is not filled in')
  return ask(name, item)
}
