/** Webhooks and what was sent to them, as it travels. */

/** What may be told: types of CloudEvents. */
export type NotificationType =
  | 'dev.rampart.ramp.opened'
  | 'dev.rampart.ramp.held'
  | 'dev.rampart.ramp.ended'
  | 'dev.rampart.stage.breached'
  | 'dev.rampart.approval.wanted'
  | 'dev.rampart.contract.amended'

/** Somebody to be told. */
export interface WebhookView {
  readonly id: string
  /** For `If-Match`. */
  readonly etag: string
  /** Without its query, and with the path cut short: it is often a secret itself. */
  readonly url: string
  /** `cloudevents` is signed; `slack` is a text that Slack and its likes take. */
  readonly format: 'cloudevents' | 'slack'
  readonly types: readonly NotificationType[]
  /** `<kind>/<name>` with `*` for any part; absent: every contract. */
  readonly contracts?: readonly string[]
  readonly createdBy: string
  readonly createdAtMs: number
}

/** Some webhooks, oldest first. */
export interface WebhookPage {
  readonly webhooks: readonly WebhookView[]
  readonly next?: string
}

/** Some deliveries, newest first. */
export interface DeliveryPage {
  readonly deliveries: readonly DeliveryView[]
  readonly next?: string
}

/** A webhook to be made. */
export interface WebhookRequest {
  readonly url: string
  readonly format?: WebhookView['format']
  /** @default a breach, a hold that needs a person, an approval wanted, and an end */
  readonly types?: readonly NotificationType[]
  readonly contracts?: readonly string[]
}

/** A webhook that was made: the only time the secret of its signatures is shown. */
export interface WebhookReply {
  readonly webhook: WebhookView
  /** Absent: its messages are not signed. */
  readonly secret?: string
}

/** Something that was to be delivered. */
export interface DeliveryView {
  readonly id: string
  /** For `If-Match`: every attempt is another one. */
  readonly etag: string
  readonly webhook: string
  /** The id of the event, the same in every attempt: `<stream>:<sequence>` of its entry. */
  readonly event: string
  readonly type: NotificationType
  readonly status: 'pending' | 'delivered' | 'dead'
  readonly attempts: number
  /** Why the last attempt failed. */
  readonly complaint?: string
  readonly createdAtMs: number
  readonly nextAtMs?: number
}
