/** What a configuration for debugging starts, as a command line that can be read like any other. */
import { entriesAt, scalarsAt, type Tree, textAt } from '../document/tree.ts'

/** The line; empty when it starts nothing that is known. */
export function launchLine(configuration: Tree): string {
  const type = textAt(configuration, 'type') ?? ''
  const args = wordsAt(configuration, 'args')
  const command = textAt(configuration, 'command')
  if (type === 'node-terminal') return command ?? ''
  const module = textAt(configuration, 'module')
  const program = textAt(configuration, 'program')
  const runtime = textAt(configuration, 'runtimeExecutable')
  const runtimeArgs = wordsAt(configuration, 'runtimeArgs')
  const words = /^(node|pwa-node|extensionHost|bun|deno)$/.test(type)
    ? [runtime ?? 'node', ...runtimeArgs, ...(program === undefined ? [] : [program]), ...args]
    : [
        ...(module === undefined ? [] : [module]),
        ...(program === undefined ? [] : [program]),
        ...args,
      ]
  if (words.length === 0) return ''
  const variables = entriesAt(configuration, 'env').flatMap(([name, { value }]) =>
    value.kind === 'scalar' && /^[A-Za-z_]\w*$/.test(name) ? [`${name}=${quoted(value.text)}`] : [],
  )
  return [...variables, ...words.map(quoted)].join(' ')
}

function wordsAt(configuration: Tree, key: string): readonly string[] {
  return scalarsAt(configuration, key).map(({ text }) => text)
}

/** Words are one each, whatever is in them; folders of the editor are nobody's variables. */
function quoted(word: string): string {
  const text = word.replaceAll(/\$\{workspaceFolder(?::[^}]*)?\}\/?/g, '')
  return `'${text.replaceAll("'", '')}'`
}
