/** What somebody reads whose request reached nobody: what was found, the nearest name, what to do. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { nearestWord } from '../../../contracts/document/nearest-word.ts'

/** A page. */
export interface RefusalPage {
  readonly status: number
  /** Sentences; the first one says what is the matter. */
  readonly sentences: readonly string[]
  /** Names, without `localhost`, of what there is. */
  readonly names: readonly string[]
}

const NAMES_MAX = 100

/** Nobody has that name. */
export function pageOfUnknown(name: string, names: readonly string[]): RefusalPage {
  const nearest = nearestWord(name, names)
  const sentences = [`Nobody here is called ${name}.localhost.`]
  if (nearest !== undefined) sentences.push(`Perhaps you mean ${nearest}.localhost.`)
  if (names.length === 0) sentences.push('Nobody is ready yet.')
  return { status: 404, sentences, names }
}

/** The name is that of a service with several ports. */
export function pageOfSeveral(name: string, names: readonly string[]): RefusalPage {
  const sentence = `${name} has several ports and none of them is called http: say which one.`
  return { status: 404, sentences: [sentence], names }
}

/** The name is right, and nobody could be reached in time. */
export function pageOfUnserved(name: string, waitMs: number): RefusalPage {
  const sentences = [
    `Nobody who serves ${name}.localhost was ready within ${waitMs / 1_000} s.`,
    'It may be starting, or have failed: `rampart status` says which.',
  ]
  return { status: 503, sentences, names: [] }
}

/** Whoever serves it speaks TLS, by a certificate that is not for that name. */
export function pageOfSecure(name: string, target: string): RefusalPage {
  const sentences = [
    `${name} speaks TLS, and this does not: it could show nobody's certificate but its own.`,
    `Ask for https://${target}/ by a name that its certificate has.`,
  ]
  return { status: 421, sentences, names: [] }
}

/** The list of everything. */
export function pageOfAll(names: readonly string[]): RefusalPage {
  const sentence = names.length === 0 ? 'Nobody is ready yet.' : 'These are ready, or will be:'
  return { status: 200, sentences: [sentence], names }
}

/** The request was not made to a name below `localhost`. */
export function pageOfForeign(): RefusalPage {
  const sentences = ['This answers to names below localhost only, such as api.shop.localhost.']
  return { status: 421, sentences, names: [] }
}

/** Sends it: as HTML to whoever prefers that, else as text. */
export function sendPage(
  page: RefusalPage,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const isHtml = request.headers.accept?.includes('text/html') === true
  const port = /:\d+$/.exec(request.headers.host ?? '')?.[0] ?? ''
  const text = isHtml ? printHtml(page, port) : printText(page, port)
  response.writeHead(page.status, {
    'content-type': `text/${isHtml ? 'html' : 'plain'}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    ...(page.status === 503 ? { 'retry-after': '1' } : {}),
    // What was not read of the request would be taken for the next one.
    ...(page.status === 200 ? {} : { connection: 'close' }),
  })
  response.end(request.method === 'HEAD' ? undefined : text)
}

function printText({ sentences, names }: RefusalPage, port: string): string {
  const lines = shown(names).map((name) => `  http://${name}.localhost${port}/`)
  return [...sentences, ...lines, ...more(names), ''].join('\n')
}

function printHtml({ sentences, names }: RefusalPage, port: string): string {
  const items = shown(names).map((name) => {
    const url = escapeHtml(`http://${name}.localhost${port}/`)
    return `<li><a href="${url}">${url}</a></li>`
  })
  const paragraphs = [...sentences, ...more(names)].map((one) => `<p>${escapeHtml(one)}</p>`)
  const head = '<!doctype html><meta charset="utf-8"><title>Rampart</title>'
  return `${head}${paragraphs.join('')}<ul>${items.join('')}</ul>\n`
}

function shown(names: readonly string[]): readonly string[] {
  return names.slice(0, NAMES_MAX)
}

function more(names: readonly string[]): readonly string[] {
  return names.length > NAMES_MAX ? [`and ${names.length - NAMES_MAX} more`] : []
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}
