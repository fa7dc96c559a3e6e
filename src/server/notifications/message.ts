/**
 * A notification as it is sent: a CloudEvent in structured mode, signed, or a text that Slack and its
 * likes take.
 *
 * @source CloudEvents 1.0.2 with its HTTP and JSON bindings; Standard Webhooks 1.0
 */
import { createHmac } from 'node:crypto'
import type { Notification } from './notification.ts'

/** What goes over the wire. */
export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** How a message is made. */
export interface MessageOptions {
  /** How people reach the server; absent: links are left out, and sources are relative. */
  readonly publicUrl?: string
  /** When this attempt is made. @unit ms since 1970 */
  readonly nowMs: number
}

/** The message of a CloudEvent, signed with the webhook's secret (32 bytes). */
export function cloudEventMessage(
  notification: Notification,
  secret: Uint8Array,
  options: MessageOptions,
): Message {
  const { id, type, ramp, contract, atMs, data } = notification
  const link = linkTo(notification, options)
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    type,
    source: link ?? pathTo(notification),
    subject: typeof data['stage'] === 'string' ? data['stage'] : (ramp ?? contract),
    time: new Date(atMs).toISOString(),
    datacontenttype: 'application/json',
    data: { ...data, ...(link === undefined ? {} : { link }) },
  })
  const timestamp = String(Math.floor(options.nowMs / 1_000))
  return {
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatureOf({ id, timestamp, body, secret }),
    },
    body,
  }
}

/** The message for Slack, Mattermost and others that take `{ "text": … }`. */
export function slackMessage(notification: Notification, options: MessageOptions): Message {
  const { id, contract, ramp, sentence, type, data } = notification
  const link = linkTo(notification, options)
  const name = escaped(ramp ?? contract)
  const title = link === undefined ? `*${name}*` : `*<${link}|${name}>*`
  const { stage, condition, owner } = data
  const place = [stage, condition].filter((step) => typeof step === 'string').join('/')
  const lines = [
    `${SIGNS[type] ?? ''} ${title} ${escaped(HEADLINES[type] ?? '')}`.trim(),
    `${place === '' ? '' : `\`${escaped(place)}\`: `}${escaped(sentence)}`,
    ...(typeof owner === 'string' ? [`Talk to ${escaped(owner)}.`] : []),
  ]
  const headers = { 'content-type': 'application/json; charset=utf-8', 'webhook-id': id }
  return { headers, body: JSON.stringify({ text: lines.join('\n') }) }
}

/** `v1,` and the HMAC-SHA256 over id, timestamp and body, in base64. */
function signatureOf(signed: {
  readonly id: string
  readonly timestamp: string
  readonly body: string
  readonly secret: Uint8Array
}): string {
  const { id, timestamp, body, secret } = signed
  const hmac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`)
  return `v1,${hmac.digest('base64')}`
}

const SIGNS: Readonly<Record<string, string>> = {
  'dev.rampart.stage.breached': ':red_circle:',
  'dev.rampart.ramp.held': ':raised_hand:',
  'dev.rampart.approval.wanted': ':question:',
}

const HEADLINES: Readonly<Record<string, string>> = {
  'dev.rampart.ramp.opened': 'was opened',
  'dev.rampart.ramp.held': 'is held and waits for a person',
  'dev.rampart.ramp.ended': 'has ended',
  'dev.rampart.stage.breached': 'breaks a promise',
  'dev.rampart.approval.wanted': 'waits for an approval',
  'dev.rampart.contract.amended': 'was amended',
}

function pathTo({ ramp, contract }: Notification): string {
  return ramp === undefined ? `/contracts/${contract}` : `/ramps/${encodeURIComponent(ramp)}`
}

function linkTo(notification: Notification, { publicUrl }: MessageOptions): string | undefined {
  return publicUrl === undefined
    ? undefined
    : `${publicUrl.replace(/\/+$/, '')}${pathTo(notification)}`
}

/** Slack's own three characters; nothing in a sentence may become a link or a mention. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
