/** RAMPART_LOG: how servers and agents write their log. What is neither form is refused, never guessed. */
import { listWords } from '../contracts/document/describe-value.ts'
import { nearestWord } from '../contracts/document/nearest-word.ts'
import type { CliParts } from './cli-parts.ts'
import { misuse } from './complaint.ts'

const FORMS = ['text', 'json'] as const

/** Refuses what is no form. @returns the exit code; undefined: it is one, or nothing is said */
export function refuseLogForm(parts: CliParts, command: string): number | undefined {
  const wanted = parts.settings['RAMPART_LOG']
  if (wanted === undefined || wanted === '') return undefined
  if (FORMS.some((form) => form === wanted)) return undefined
  const sentence = `RAMPART_LOG is ${wanted}; it is ${listWords(FORMS)}.`
  const next = `Next: RAMPART_LOG=${nearestWord(wanted, FORMS) ?? 'text'} rampart ${command}`
  return misuse(parts, sentence, next)
}
