/** How a process of process-compose is run. */
import type { ComponentDraft, Draft, RunDraft } from '../draft/draft.ts'
import { interpolate } from '../draft/interpolate.ts'
import { plain, shellCommand, variablesOf } from '../draft/words.ts'
import type { ImportContext } from '../format.ts'
import type { Item } from '../source/item.ts'
import { type Process, replicaOf } from './processes.ts'

/** What a process is run with. */
export function runOf(
  component: ComponentDraft,
  process: Process,
  about: { readonly context: ImportContext; readonly root: Item; readonly ends: boolean },
): RunDraft {
  const { item } = process
  const { root, ends } = about
  const replica = replicaOf(process, component)
  const line = fillTemplates(item.get('command'), root, replica)
  const entrypoint =
    item
      .get('entrypoint')
      ?.elements()
      .map((word) => word.text() ?? '') ?? []
  const env = {
    ...variables(root.get('environment'), about.context.draft),
    ...(process.components.length > 1 ? { PC_REPLICA_NUM: String(replica) } : {}),
    ...variables(item.get('environment'), about.context.draft),
  }
  const cwd = cwdOf(item.get('working_dir'))
  const inherited = variablesOf(line).filter((name) => !(name in env) && name !== 'PC_REPLICA_NUM')
  if (inherited.length > 0) {
    item.get('command')?.note(`${inherited.join(', ')} is inherited; other variables are not`)
  }
  if (entrypoint.length === 0 && line === '') item.note('it has no command, so `true` is run')
  const command = line === '' ? ['true'] : shellCommand(line)
  return {
    command: entrypoint.length > 0 ? entrypoint.map(plain) : command,
    ...(cwd === undefined ? {} : { cwd }),
    env,
    inherit: inherited,
    oneShot: ends,
  }
}

/** Go templates, as far as they name a variable of the file. */
function fillTemplates(item: Item | undefined, root: Item, replica: number): string {
  const text = (item?.text() ?? '').replaceAll('$$', () => '$')
  const vars = root.get('vars')
  const filled = text.replaceAll(/\{\{-?\s*\.(\w+)\s*-?\}\}/g, (whole, name: string) => {
    if (name === 'PC_REPLICA_NUM') return String(replica)
    return vars?.get(name)?.text() ?? whole
  })
  if (filled.includes('{{')) item?.note('a Go template stands in it, which is not filled in')
  return filled
}

/** Variables, written as a mapping or as a list of NAME=value. */
function variables(item: Item | undefined, draft: Draft): Readonly<Record<string, string>> {
  if (item === undefined) return {}
  const pairs = item.isMap
    ? item
        .members()
        .map(([name, value]): [string, string, Item] => [name, value.text() ?? '', value])
    : item.elements().map((entry): [string, string, Item] => {
        const [name = '', ...rest] = (entry.text() ?? '').split('=')
        return [name, rest.join('='), entry]
      })
  return Object.fromEntries(
    pairs.flatMap(([name, value, entry]) => {
      if (!/^[A-Za-z_]\w*$/.test(name)) {
        entry.lose('this is no name of a variable')
        return []
      }
      return [[name, interpolate(value, { draft, item: entry, unset: '' })]]
    }),
  )
}

function cwdOf(item: Item | undefined): string | undefined {
  const text = item?.text()
  if (text === undefined || text === '' || text === '.') return undefined
  if (!text.startsWith('/') && !/[$~\\]/.test(text)) return text.replace(/^\.\//, '')
  item?.lose("a folder is written relative to the contract's own; it runs beside the contract")
  return undefined
}
