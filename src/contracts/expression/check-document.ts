/** Expressions in documents: what is wrong with them, as issues with the place inside the text. */
import type { Json } from '../../core/units/json.ts'
import { type Issue, type Path, type Place, printPath } from '../document/issue.ts'
import {
  type Complaint,
  pathKey,
  type SourceDocument,
  valueAt,
} from '../document/source-document.ts'
import { checkReferences, type ReferenceScope } from './check-references.ts'
import { compileExpression, type Expression } from './compile.ts'
import type { Problem } from './result.ts'
import { parseTemplate } from './template.ts'

/** A further check of each expression, for what the place it stands in allows. */
export type ExtraCheck = (expression: Expression) => Complaint | undefined

/** Checks every template in the value at a path. */
export function checkTemplatesAt(
  document: SourceDocument,
  path: Path,
  scope: ReferenceScope,
  extra?: ExtraCheck,
): readonly Issue[] {
  return textsAt(valueAt(document.value, path), path).flatMap(({ text, path: at }) => {
    if (!text.includes('${') || document.flawed.has(pathKey(at))) return []
    const template = parseTemplate(text)
    if (!template.ok)
      return [issueInText(document, at, { complaint: malformed(template.problem), piece: '${' })]
    const holes = template.value.parts.filter((part) => typeof part !== 'string')
    return holes.flatMap((hole) =>
      checkHole(document, at, { expression: hole.expression, scope, ...(extra && { extra }) }),
    )
  })
}

/** Checks the expression at a path; nothing when there is none. */
export function checkExpressionAt(
  document: SourceDocument,
  path: Path,
  scope: ReferenceScope,
): readonly Issue[] {
  const text = valueAt(document.value, path)
  if (typeof text !== 'string' || document.flawed.has(pathKey(path))) return []
  const template = /^\s*\$\{(.*)\}\s*$/s.exec(text)?.[1]
  if (template !== undefined) {
    const message = `an expression stands here by itself; leave out \${ and }`
    const complaint: Complaint = { code: 'expression-malformed', message, nearest: template }
    return [issueInText(document, path, { complaint, piece: '${' })]
  }
  return checkHole(document, path, { expression: text, scope })
}

function checkHole(
  document: SourceDocument,
  path: Path,
  hole: {
    readonly expression: string
    readonly scope: ReferenceScope
    readonly extra?: ExtraCheck
  },
): readonly Issue[] {
  const { expression: piece, scope, extra } = hole
  const compiled = compileExpression(piece)
  if (!compiled.ok) {
    const { problem } = compiled
    const { offset = 0 } = problem
    return [issueInText(document, path, { complaint: malformed(problem), piece, offset })]
  }
  const problems = checkReferences(compiled.value, scope)
  if (problems.length === 0) {
    const complaint = extra?.(compiled.value)
    return complaint === undefined ? [] : [issueInText(document, path, { complaint, piece })]
  }
  return problems.map(({ code, sentence, offset, expected, nearest }) => {
    const complaint: Complaint = {
      code,
      message: sentence,
      ...(expected === undefined ? {} : { expected }),
      ...(nearest === undefined ? {} : { nearest }),
    }
    return issueInText(document, path, { complaint, piece, offset })
  })
}

function malformed(problem: Problem): Complaint {
  const { sentence, nearest } = problem
  const complaint = { code: 'expression-malformed', message: sentence } as const
  return nearest === undefined ? complaint : { ...complaint, nearest }
}

/** An issue at an offset inside a piece of the text that stands at a path. */
function issueInText(
  document: SourceDocument,
  path: Path,
  said: { readonly complaint: Complaint; readonly piece: string; readonly offset?: number },
): Issue {
  const { complaint, piece, offset = 0 } = said
  const base = { ...complaint, file: document.file, path: printPath(path) }
  const node = document.places.get(pathKey(path))
  if (node === undefined) return base
  const { written = '' } = node
  const start = written.indexOf(piece)
  // A piece that was folded or escaped is not found as it is; then the whole text is shown.
  if (start < 0) return { ...base, ...node.value }
  return { ...base, ...advance(node.value, written.slice(0, start + offset)) }
}

function advance(place: Place, text: string): Place {
  const lines = text.split('\n')
  const last = lines[lines.length - 1] ?? ''
  if (lines.length === 1) return { line: place.line, column: place.column + last.length }
  return { line: place.line + lines.length - 1, column: last.length + 1 }
}

function textsAt(
  value: Json | undefined,
  path: Path,
): readonly { readonly text: string; readonly path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }]
  if (typeof value !== 'object' || value === null) return []
  if (Array.isArray(value)) return value.flatMap((item, index) => textsAt(item, [...path, index]))
  return Object.entries(value).flatMap(([key, member]) => textsAt(member, [...path, key]))
}
