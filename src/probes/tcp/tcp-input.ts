/** The input of the `tcp` probe, its templates resolved. */

import type { InputReader } from '../input/input-reader.ts'
import { findPatternMistake } from '../pattern/pattern.ts'

/** What to connect to and what to expect. */
export interface TcpInput {
  readonly host: string
  readonly port: number
  /** Text to send once connected. */
  readonly send: string | undefined
  /** Pattern that the answer must match. */
  readonly banner: string | undefined
  /** Whether the component's own process must be who listens. @default false */
  readonly isOwned: boolean
}

const ADDRESS = /^(?:\[([^\]\s]+)\]|([^:\s[\]]+)):(\d{1,5})$/

/** Reads the input; what is wrong with it is kept by the reader. */
export function readTcpInput(reader: InputReader): TcpInput {
  const banner = reader.optionalText('banner')
  const mistake = banner === undefined ? undefined : findPatternMistake(banner)
  if (mistake !== undefined) reader.refuse(`\`banner\` is not a pattern: ${mistake}`)
  const destination = reader.has('address')
    ? readAddress(reader)
    : { host: reader.text('host'), port: reader.whole('port', undefined) }
  if (destination.port < 1 || destination.port > 65_535) {
    reader.refuse(`the port must be from 1 to 65535, and is ${destination.port}.`)
  }
  const isOwned = reader.flag('owned', false)
  return { ...destination, send: reader.optionalText('send'), banner, isOwned }
}

function readAddress(reader: InputReader): { readonly host: string; readonly port: number } {
  const address = reader.text('address')
  const [, bracketed, bare, port] = ADDRESS.exec(address) ?? []
  const host = bracketed ?? bare
  if (host === undefined) reader.refuse(`the address must be host:port, and is ${address}.`)
  return { host: host ?? '', port: Number(port ?? 0) }
}
