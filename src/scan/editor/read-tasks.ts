/** `tasks.json` of editors: what tasks listen on. Tasks that one depends on are started together. */
import { readCommand } from '../command/read-command.ts'
import { parseJson } from '../document/parse-json.ts'
import { entriesAt, itemsAt, scalarsAt, type Tree, textAt, valueAt } from '../document/tree.ts'
import type { FormatReader } from '../found/folder.ts'
import type { Findings, FoundPort } from '../found/found-port.ts'
import { calledBy, folderOf, within } from '../found/paths.ts'
import type { SourceText } from '../found/source-text.ts'

/** Reads `.vscode/tasks.json`. */
export const tasksReader: FormatReader = {
  name: 'tasks.json',
  takes: (path) => /(^|\/)\.(vscode|cursor|theia)\/tasks\.json$/.test(path),
  hint: /"tasks"/,
  read: readTasks,
}

const MOST_PARENTS = 100
const WORKSPACE = /^\$\{workspace(?:Folder|Root)(?::[^}]*)?\}\/?/

function readTasks(source: SourceText): Findings {
  const tree = parseJson(source.text)
  const home = folderOf(folderOf(source.path))
  const tasks = itemsAt(tree, 'tasks')
  const parents = parentsOf(tasks)
  const ports = tasks.flatMap((task) => {
    const name = nameOf(task)
    const cwd = textAt(task, 'options', 'cwd')?.replace(WORKSPACE, './')
    const app = cwd === undefined || cwd.includes('$') ? home : (within(home, cwd) ?? home)
    const common = {
      ...{ format: 'tasks.json', unit: `tasks ${home}`, scope: 'host', app },
      ...{ service: name === '' ? calledBy(home) : name },
      profiles: [name, ...(parents.get(name) ?? [])],
    }
    return readCommand(lineOf(task)).ports.map(
      (one): FoundPort => ({ ...common, ...one, ...placeOf(task, one.first, source) }),
    )
  })
  return { ports }
}

function nameOf(task: Tree): string {
  return textAt(task, 'label') ?? textAt(task, 'taskName') ?? ''
}

/** By the names of tasks, those that start them with others. */
function parentsOf(tasks: readonly Tree[]): ReadonlyMap<string, readonly string[]> {
  const parents = new Map<string, string[]>()
  for (const task of tasks) {
    if (textAt(task, 'dependsOrder') === 'sequence') continue
    for (const { text } of scalarsAt(task, 'dependsOn')) {
      const known = parents.get(text) ?? []
      parents.set(text, known)
      if (known.length < MOST_PARENTS) known.push(nameOf(task))
    }
  }
  return parents
}

/** The command with its variables; arguments are one word each. */
function lineOf(task: Tree): string {
  const command = textAt(task, 'command') ?? ''
  if (command === '') return ''
  const variables = entriesAt(task, 'options', 'env').flatMap(([name, { value }]) =>
    value.kind === 'scalar' && /^[A-Za-z_]\w*$/.test(name) ? [`${name}=${quoted(value.text)}`] : [],
  )
  const args = scalarsAt(task, 'args').map(({ text }) => quoted(text))
  return [...variables, command, ...args].join(' ')
}

function quoted(word: string): string {
  return `'${word.replace(WORKSPACE, '').replaceAll("'", '')}'`
}

function placeOf(task: Tree, port: number, source: SourceText): ReturnType<SourceText['at']> {
  const scalars = [
    valueAt(task, 'options', 'env', 'PORT'),
    valueAt(task, 'command'),
    ...scalarsAt(task, 'args'),
  ]
  const word = scalars.find((one) => one?.kind === 'scalar' && one.text.includes(String(port)))
  return source.at((word ?? valueAt(task, 'command') ?? task).offset)
}
