/** `rampart webhooks`: who is told of what happens, and what became of telling them. */
import { listWords } from '../../contracts/document/describe-value.ts'
import { nearestWord } from '../../contracts/document/nearest-word.ts'
import type { NotificationType, WebhookRequest } from '../../server/wire/webhooks.ts'
import type { CliParts } from '../cli-parts.ts'
import { misuse } from '../complaint.ts'
import { EXIT } from '../exit-code.ts'
import type { JsonOption, WorkspaceOption } from '../options.ts'
import { readSecret } from '../read-secret.ts'
import { countOf, tableLines } from '../views/columns.ts'
import { withDaemon, withOwnDaemon, workspaceOf } from '../workspace.ts'

const PREFIX = 'dev.rampart.'

const TYPES: readonly NotificationType[] = [
  'dev.rampart.ramp.opened',
  'dev.rampart.ramp.held',
  'dev.rampart.ramp.ended',
  'dev.rampart.stage.breached',
  'dev.rampart.approval.wanted',
  'dev.rampart.contract.amended',
]

interface AddOptions extends JsonOption, WorkspaceOption {
  readonly slack?: boolean
  readonly type?: readonly string[]
  readonly contract?: readonly string[]
}

interface DeliveriesOptions extends JsonOption, WorkspaceOption {
  readonly dead?: boolean
  readonly pending?: boolean
  readonly webhook?: string
  readonly limit?: string
}

/** Lists them, without what is secret of their addresses. */
export function runWebhooksList(
  parts: CliParts,
  options: JsonOption & WorkspaceOption,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const webhooks = await client.webhooks()
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ webhooks })}\n`)
      return EXIT.yes
    }
    const rows = webhooks.map(({ id, url, format, types, contracts, createdBy }) => [
      ...[id, url, format, types.map(withoutPrefix).join(' ')],
      ...[contracts === undefined ? 'every contract' : contracts.join(' '), `by ${createdBy}`],
    ])
    for (const line of tableLines(rows)) parts.stdout.write(`${line}\n`)
    if (rows.length === 0) {
      parts.stderr.write('Nobody is told of anything. Next: rampart webhooks add URL\n')
    }
    return EXIT.yes
  })
}

/** Adds one, and shows this once what its messages are signed with. */
export async function runWebhooksAdd(
  parts: CliParts,
  given: string,
  options: AddOptions,
): Promise<number> {
  const url = given === '-' ? await readSecret(parts, 'URL') : given
  if (!URL.canParse(url)) {
    const sentence = 'What is to be told is a URL of http or https.'
    return misuse(parts, sentence, 'Next: rampart webhooks add https://example.org/hook')
  }
  const { type, contract: contracts } = options
  const unknown = type?.find((one) => !TYPES.includes(withPrefix(one)))
  if (unknown !== undefined) {
    const words = TYPES.map(withoutPrefix)
    const nearest = nearestWord(unknown, words)
    const sentence = `There is no type ${unknown}; there are ${listWords(words, 'and')}.`
    return misuse(
      parts,
      sentence,
      `Next: rampart webhooks add URL --type ${nearest ?? 'ramp.held'}`,
    )
  }
  const request: WebhookRequest = {
    url,
    ...(options.slack === true ? { format: 'slack' } : {}),
    ...(type === undefined ? {} : { types: type.map(withPrefix) }),
    ...(contracts === undefined ? {} : { contracts }),
  }
  return await withOwnDaemon(parts, workspaceOf(parts, options), async (client) => {
    const { webhook, secret } = await client.addWebhook(request)
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ ...webhook, secret })}\n`)
      return EXIT.yes
    }
    const types = webhook.types.map(withoutPrefix).join(', ')
    parts.stderr.write(`${webhook.id} (${webhook.url}) is told of ${types}.\n`)
    if (secret === undefined) return EXIT.yes
    parts.stderr.write('This is the only time that the secret of its signatures is shown:\n')
    parts.stdout.write(`${secret}\n`)
    return EXIT.yes
  })
}

/** Removes one. */
export function runWebhooksRemove(
  parts: CliParts,
  id: string,
  options: WorkspaceOption,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    await client.removeWebhook(id)
    parts.stderr.write(`${id} is told nothing any more.\n`)
    return EXIT.yes
  })
}

/** Lists deliveries, newest first. */
export async function runDeliveries(parts: CliParts, options: DeliveriesOptions): Promise<number> {
  const { webhook, limit = '50' } = options
  if (options.dead === true && options.pending === true) {
    const sentence = 'No delivery is dead and pending; without either all are listed.'
    return misuse(parts, sentence, 'Next: rampart webhooks deliveries --dead')
  }
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 500) {
    const sentence = `How many is a whole number from 1 to 500, not ${limit}.`
    return misuse(parts, sentence, 'Next: rampart webhooks deliveries -n 50')
  }
  return await withDaemon(parts, options, async (client) => {
    const status = options.dead === true ? 'dead' : 'pending'
    const isFiltered = options.dead === true || options.pending === true
    const { deliveries } = await client.deliveries({
      limit: Number(limit),
      ...(isFiltered ? { status } : {}),
      ...(webhook === undefined ? {} : { webhook }),
    })
    if (options.json === true) {
      parts.stdout.write(`${JSON.stringify({ deliveries })}\n`)
      return EXIT.yes
    }
    const rows = deliveries.map(({ id, event, type, status: now, ...rest }) => [
      ...[id, timeText(rest.createdAtMs), withoutPrefix(type), event, now],
      ...[countOf(rest.attempts, 'attempt'), rest.complaint ?? ''],
    ])
    for (const line of tableLines(rows)) parts.stdout.write(`${line}\n`)
    if (options.dead === true && rows.length > 0) {
      parts.stderr.write('Next: rampart webhooks redeliver ID\n')
    }
    return EXIT.yes
  })
}

/** Sends some again. */
export function runRedeliver(
  parts: CliParts,
  ids: readonly string[],
  options: WorkspaceOption,
): Promise<number> {
  return withDaemon(parts, options, async (client) => {
    const wanted = ids.flat()
    for (const id of wanted) await client.redeliver(id)
    const what = wanted.length === 1 ? '1 delivery is' : `${wanted.length} deliveries are`
    parts.stderr.write(`${what} sent again.\n`)
    return EXIT.yes
  })
}

function withPrefix(type: string): NotificationType {
  return (type.startsWith(PREFIX) ? type : `${PREFIX}${type}`) as NotificationType
}

function withoutPrefix(type: string): string {
  return type.startsWith(PREFIX) ? type.slice(PREFIX.length) : type
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').slice(0, 19)
}
