/**
 * The environment variables by which programs find a service: `SHOP_API_HTTP_HOST`, `…_PORT` and, where
 * it is spoken to by HTTP, `…_URL`. Whoever writes them and whoever reads them have the names from here.
 */
import { printHostPort } from './ip-text.ts'

/** The names for one port of one service. */
export interface ServiceVariables {
  readonly host: string
  readonly port: string
  readonly url: string
}

/**
 * The names.
 *
 * @example serviceVariables('shop/api', 'http').port === 'SHOP_API_HTTP_PORT'
 */
export function serviceVariables(service: string, port: string): ServiceVariables {
  const stem = `${wordOf(service)}_${wordOf(port)}`
  return { host: `${stem}_HOST`, port: `${stem}_PORT`, url: `${stem}_URL` }
}

/** The URL of a port whose name says how it is spoken to; undefined for other names. */
export function urlOf(port: string, address: string, number: number): string | undefined {
  if (port !== 'http' && port !== 'https') return undefined
  return `${port}://${printHostPort(address, number)}`
}

/** Upper case, digits and underscores, not beginning with a digit. */
function wordOf(text: string): string {
  const word = text.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
  return /^[A-Z]/.test(word) ? word : `_${word.replace(/^_+/, '')}`
}
