/**
 * The words of a command as the plan holds them. Two things differ from how they are written, since
 * a word of a command is always text, and is filled in twice: by the engine, which knows settings
 * and other components, and then by whoever starts the process, who alone knows its host and ports.
 */
import { compileExpression } from '../expression/compile.ts'
import { type Hole, parseTemplate, printTemplate } from '../expression/template.ts'

/**
 * Prints a word so that it comes out as text, and so that `self` is left for later.
 *
 * @example printCommandText('${self.ports.pg}') === '$${self.ports.pg}'
 * @example printCommandText('${settings.size}') === '${string(settings.size)}'
 */
export function printCommandText(text: string): string {
  if (!text.includes('${')) return text
  const template = parseTemplate(text)
  if (!template.ok) return text
  const { parts, isWhole } = template.value
  return printTemplate(
    parts.map((part) => {
      if (typeof part === 'string') return part
      if (usesSelf(part)) return `\${${part.expression.trim()}}`
      return isWhole ? { ...part, expression: `string(${part.expression})` } : part
    }),
  )
}

function usesSelf(hole: Hole): boolean {
  const compiled = compileExpression(hole.expression)
  return compiled.ok && compiled.value.names.has('self')
}
