/** Texts of a contract as texts for tools that fill in nothing, or fill in otherwise. */
import { parseTemplate } from '../../expression/template.ts'
import type { Unsaid } from './exported.ts'

/** Says what cannot be said. */
export type Say = (unsaid: Unsaid) => void

/** The text as it is meant; what is filled in when it runs stays as it is written, and is told. */
export function plainText(text: string, what: string, say: Say): string {
  const template = parseTemplate(text)
  if (!template.ok) return text
  return template.value.parts
    .map((part) => {
      if (typeof part === 'string') return part
      const written = `\${${part.expression}}`
      say({ what, why: `${written} is filled in when it runs; put the value in` })
      return written
    })
    .join('')
}
