/** A container that names its command, as a process. */
import type { RunDraft } from '../draft/draft.ts'
import { plain } from '../draft/words.ts'
import type { Item } from '../source/item.ts'

/** How it is run; undefined when only its image knows. */
export function runOf(container: Item): RunDraft | undefined {
  const image = container.get('image')
  const command = words(container.get('command'))
  if (command.length === 0) {
    image?.note('the image is not run, and no command is named; what is left is proof alone')
    return undefined
  }
  image?.note('the image is not run; its command is, as a process of this machine')
  const env = variablesOf(container)
  return { command: [...command, ...words(container.get('args'))], env }
}

/** The port that a name stands for, or the number itself. */
export function portOf(container: Item, port: Item | undefined): number | undefined {
  if (port === undefined) return undefined
  const number = port.count()
  if (number !== undefined) return number
  const name = port.text()
  for (const entry of container.get('ports')?.elements() ?? []) {
    if (entry.get('name')?.text() === name) return entry.get('containerPort')?.count()
  }
  port.lose(`no port of the container is called ${name}`)
  return undefined
}

function words(item: Item | undefined): readonly string[] {
  return (item?.elements() ?? []).map((word) => {
    const text = word.text() ?? ''
    if (/\$\([A-Za-z_]\w*\)/.test(text)) word.note('$(NAME) is not filled in; the text stays')
    return plain(text)
  })
}

function variablesOf(container: Item): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const entry of container.get('env')?.elements() ?? []) {
    const name = entry.get('name')?.text() ?? ''
    const value = entry.get('value')
    const from = entry.get('valueFrom')
    if (from !== undefined) from.lose(`where ${name} comes from is not there; set it, or a setting`)
    else if (!/^[A-Za-z_]\w*$/.test(name)) entry.lose('this is no name of a variable')
    else env[name] = plain(value?.text() ?? '')
  }
  return env
}
