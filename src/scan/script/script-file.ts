/** A configuration file that is a script: its objects, and what their settings can only be. */
import { connectionsIn } from '../found/connections.ts'
import type { Folder } from '../found/folder.ts'
import type { FoundPort, Remark } from '../found/found-port.ts'
import { addressesOf, parsePort } from '../found/port-words.ts'
import type { SourceText } from '../found/source-text.ts'
import { evaluate, type Known } from './evaluate.ts'
import { Names } from './names.ts'
import { configurationsIn, keyOf, objectsOf, propertyOf } from './objects.ts'
import { bare, child, children, everyNode, parseScript, type SyntaxNode } from './syntax.ts'

const MOST_VALUES = 20

/** A port that a setting is. */
export interface KnownPort {
  readonly port: number
  readonly confidence: Known['confidence']
  readonly offset: number
}

/** The file. */
export class ScriptFile {
  readonly source: SourceText
  readonly configurations: readonly SyntaxNode[]
  readonly #names: Names
  readonly #variables: Folder['variables']

  private constructor(source: SourceText, program: SyntaxNode, folder: Folder) {
    this.source = source
    this.#names = new Names(program)
    this.#variables = folder.variables
    this.configurations = configurationsIn(program, this.#names)
  }

  /** Reads a file, or says of one that is too large or too deep that it was not read. */
  static read(source: SourceText, folder: Folder): ScriptFile | { readonly remark: Remark } {
    const program = parseScript(source.text, source.path)
    if (program !== undefined) return new ScriptFile(source, program, folder)
    const sentence = 'is too long, or nested too deeply, for a configuration and was not read'
    return { remark: { ...source.at(0), sentence } }
  }

  /** The objects at a path of an object, through names and functions. */
  objectsAt(object: SyntaxNode, path: readonly string[]): readonly SyntaxNode[] {
    const [key, ...rest] = path
    if (key === undefined) return [object]
    const value = propertyOf(object, key)
    return objectsOf(value, this.#names).flatMap((one) => this.objectsAt(one, rest))
  }

  /** What a setting may be. */
  valuesAt(object: SyntaxNode, path: string): readonly Known[] {
    const keys = path.split('.')
    const name = keys.pop() ?? ''
    return this.objectsAt(object, keys).flatMap((one) =>
      evaluate(propertyOf(one, name), { names: this.#names, variables: this.#variables }),
    )
  }

  /** The ports that a setting may be; 0 asks for any. */
  portsAt(object: SyntaxNode, path: string): readonly KnownPort[] {
    return this.valuesAt(object, path)
      .slice(0, MOST_VALUES)
      .flatMap(({ value, confidence, offset }) => {
        const port = typeof value === 'boolean' ? undefined : parsePort(String(value).trim())
        return port === undefined ? [] : [{ port, confidence, offset }]
      })
  }

  /** Every URL with a port among the values at a path and below. */
  connectionsAt(object: SyntaxNode, path: string): readonly Connecting[] {
    const keys = path.split('.')
    const name = keys.pop() ?? ''
    const roots = this.objectsAt(object, keys).flatMap((one) => propertyOf(one, name) ?? [])
    const inner = roots.flatMap((root) => [root, ...objectsOf(root, this.#names)])
    const values = [...new Set(inner)].flatMap((root) => valuesBelow(root))
    return [...new Set(values)].flatMap((node) => {
      const known = evaluate(node, { names: this.#names, variables: this.#variables })
      return known.flatMap(({ value, confidence, offset }) =>
        typeof value === 'string' ? connecting(value, { confidence, offset }) : [],
      )
    })
  }
}

/** Whom it connects to. */
export type Connecting = Pick<
  FoundPort,
  'first' | 'last' | 'host' | 'text' | 'confidence' | 'addresses' | 'protocol' | 'stance'
> & { readonly offset: number }

/** The URLs in a text as connections. */
export function connecting(
  text: string,
  known: { readonly confidence: FoundPort['confidence']; readonly offset: number },
): readonly Connecting[] {
  return connectionsIn(text).map(({ host, port, text: url }) => ({
    ...{ ...known, first: port, last: port, host, text: url, protocol: 'tcp' },
    ...{ stance: 'consumption', addresses: addressesOf(host) },
  }))
}

/** What may be a value: of properties, and of lists. */
function valuesBelow(root: SyntaxNode): readonly SyntaxNode[] {
  const values = [...everyNode(root)].flatMap((node): readonly (SyntaxNode | undefined)[] => {
    if (node.type === 'ArrayExpression') return children(node, 'elements').map(bare)
    if (node.type !== 'ObjectExpression') return []
    return children(node, 'properties').flatMap((one) => {
      return keyOf(one) === undefined ? [] : [bare(child(one, 'value'))]
    })
  })
  return [bare(root), ...values].flatMap((one) => one ?? [])
}
