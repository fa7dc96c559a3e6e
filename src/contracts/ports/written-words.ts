/** The words of Ports contracts: services, their ports, spans of numbers. */
import * as z from 'zod'

const SEGMENT = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const SERVICE = `${SEGMENT}(?:/${SEGMENT})*`

/** A service: `shop/api`. */
export const serviceText: z.ZodType<string, string> = z
  .string()
  .regex(new RegExp(`^${SERVICE}$`), 'a service, such as shop/api')

/** A service, or several by their beginning. */
export const servicePattern: z.ZodType<string, string> = z
  .string()
  .regex(
    new RegExp(`^(?:\\*|${SERVICE}(?:/?\\*)?)$`),
    'a service, such as shop/api, or several by their beginning: shop/*',
  )

/** A service and one of its ports. */
export const servicePortText: z.ZodType<string, string> = z
  .string()
  .regex(
    new RegExp(`^${SEGMENT}(?:/${SEGMENT})+$`),
    'a service and one of its ports, such as shop/api/http',
  )

/** A word of a claim, or several by their beginning: an environment, a tenant, a scope. */
export const claimWord: z.ZodType<string, string> = z
  .string()
  .regex(/^(?:\*|[\w.-][\w./:@-]{0,127}\*?)$/, 'a word, such as staging, or its beginning: pr-*')

const SPAN = /^(\d{1,6})(?:-(\d{1,6}))?$/

/** What ports are, as it stands after "expected". */
const PORTS_EXPECTED = 'ports such as 21000-21999, or one port from 1 to 65535'

/** A span of ports as written: `21000-21999`, `20443`. */
export const portsText: z.ZodType<{ readonly first: number; readonly last: number }> = z
  .union([z.int(), z.string()], { error: PORTS_EXPECTED })
  .meta({ examples: ['21000-21999', 20_443] })
  .transform((written, context) => {
    const [, from = '', to = from] = SPAN.exec(String(written).replaceAll(/\s|_/g, '')) ?? []
    const [first, last] = [Number(from), Number(to)]
    const complain = (message: string, params: object = {}): never => {
      context.issues.push({
        code: 'custom',
        message: PORTS_EXPECTED,
        input: written,
        params: { message, ...params },
      })
      return z.NEVER
    }
    if (from === '') return complain(`expected ${PORTS_EXPECTED}, found ${JSON.stringify(written)}`)
    const wrong = [first, last].find((port) => port < 1 || port > 65_535)
    if (wrong !== undefined) return complain(`${wrong} is no port; ports are from 1 to 65535`)
    if (first > last) {
      const message = `${first}-${last} ends before it begins`
      return complain(message, { nearest: `${last}-${first}` })
    }
    return { first, last }
  })

/** The number of one port. */
export const portNumber: z.ZodType<number> = z.int().min(1).max(65_535)
